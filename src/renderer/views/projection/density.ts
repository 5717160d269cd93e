import { colourCount, colourTable } from '../../../shared/colour-maps'
import type { Rgb } from '../dominant'
import { innerSize, type PlaneFrame, type ProjectedPoints } from './plane'

/** What colours the points: how many lie at one place, or the class of each (negative: none). */
export type PointColours =
  { by: 'density'; dark: boolean } | { by: 'class'; classes: Int16Array; colours: readonly Rgb[]; none: Rgb }

/** Sides of a dot in device pixels: large where there are few, so that each is seen. */
export function dotSize(count: number, ratio: number): number {
  const points = count > 120_000 ? 1 : count > 4_000 ? 2 : 3
  return Math.max(1, Math.round(points * ratio))
}

/**
 * Paints all points into RGBA pixels, one pass over the points and one over the pixels: 250,000 points take some
 * milliseconds, whatever is pointed at afterwards is drawn over the finished picture.
 *
 * @param ratio Device pixels a point of the page.
 */
export function paintPoints(
  points: ProjectedPoints,
  frame: PlaneFrame,
  ratio: number,
  colours: PointColours,
): ImageData {
  const inner = innerSize(frame.width, frame.height)
  const width = Math.max(1, Math.round(inner.width * ratio))
  const height = Math.max(1, Math.round(inner.height * ratio))
  const image = new ImageData(width, height)
  const words = new Uint32Array(image.data.buffer)
  const cells = new Uint32Array(width * height)
  const { window } = frame
  const across = width / (window.right - window.left)
  const down = height / (window.top - window.bottom)
  const dot = dotSize(points.x.length, ratio)
  const half = (dot - 1) / 2
  const byClass = colours.by === 'class'
  for (let index = 0; index < points.x.length; index += 1) {
    const left = Math.round(((points.x[index] ?? Number.NaN) - window.left) * across - half)
    const top = Math.round((window.top - (points.y[index] ?? Number.NaN)) * down - half)
    // Also false for NaN.
    if (!(left >= 0 && top >= 0 && left + dot <= width && top + dot <= height)) continue
    for (let y = top; y < top + dot; y += 1) {
      for (let x = left; x < left + dot; x += 1) {
        const cell = y * width + x
        cells[cell] = byClass ? index + 1 : (cells[cell] ?? 0) + 1
      }
    }
  }
  if (byClass) paintByClass(cells, words, colours)
  else paintByCount(cells, words, colours.dark)
  return image
}

function paintByClass(
  cells: Uint32Array,
  words: Uint32Array,
  { classes, colours, none }: Extract<PointColours, { by: 'class' }>,
): void {
  const table = colours.map(word)
  const rest = word(none)
  for (let cell = 0; cell < cells.length; cell += 1) {
    const point = cells[cell] ?? 0
    if (point > 0) words[cell] = table[classes[point - 1] ?? -1] ?? rest
  }
}

/** Logarithmic: a crowd does not make single points vanish. The darkest end of the map is lost on a dark ground. */
function paintByCount(cells: Uint32Array, words: Uint32Array, dark: boolean): void {
  let most = 1
  for (const count of cells) if (count > most) most = count
  const table = colourTable('viridis')
  const first = dark ? 0.3 : 0.08
  const factor = most > 1 ? (1 - first) / Math.log(most) : 0
  const known = new Uint32Array(Math.min(most, 4096) + 1)
  for (let cell = 0; cell < cells.length; cell += 1) {
    const count = cells[cell] ?? 0
    if (count === 0) continue
    let colour = known[count] ?? 0
    if (colour === 0) {
      const entry =
        Math.min(colourCount - 1, Math.floor((first + factor * Math.log(count)) * colourCount)) * 3
      colour = word([table[entry] ?? 0, table[entry + 1] ?? 0, table[entry + 2] ?? 0])
      if (count < known.length) known[count] = colour
    }
    words[cell] = colour
  }
}

/** An opaque pixel in the byte order of this machine. */
function word([red, green, blue]: Rgb): number {
  return new Uint32Array(Uint8Array.of(red, green, blue, 255).buffer)[0] ?? 0
}
