import { colourIndex, colourTable, missingColour, type ColourMapName } from '../../shared/colour-maps'

/** Where points lie and how they are coloured. */
export interface PointCloud {
  x: ArrayLike<number>
  y: ArrayLike<number>
  /** Numbers that give the colours; null paints all points alike. */
  colour: ArrayLike<number> | null
}

/** Ends of the axes and of the colours. */
export interface CloudRange {
  left: number
  right: number
  bottom: number
  top: number
  low: number
  high: number
}

/** More points than this are drawn as single pixels of a finer picture. */
const mostLarge = 20_000

/** The range of a cloud with a margin on every side; an axis of one value gets a width. */
export function rangeOfCloud({ x, y, colour }: PointCloud): CloudRange {
  const [left, right] = widened(endsOf(x))
  const [bottom, top] = widened(endsOf(y))
  const [low, high] = colour === null ? [0, 1] : endsOf(colour)
  return { left, right, bottom, top, low, high }
}

/** Paints points as pixels, so that a million take tens of milliseconds; later rows lie over earlier ones. */
export function paintPoints(
  target: ImageData,
  cloud: PointCloud,
  range: CloudRange,
  plain: readonly [number, number, number],
  colourMap: ColourMapName = 'viridis',
): void {
  const { width, height, data } = target
  const table = colourTable(colourMap)
  const reach = cloud.x.length <= mostLarge ? Math.max(1, Math.round(width / 500)) : 0
  const across = (width - 1) / (range.right - range.left)
  const up = (height - 1) / (range.top - range.bottom)
  for (let point = 0; point < cloud.x.length; point += 1) {
    const column = Math.round(((cloud.x[point] ?? Number.NaN) - range.left) * across)
    const row = Math.round((range.top - (cloud.y[point] ?? Number.NaN)) * up)
    if (Number.isNaN(column + row)) continue
    const value = cloud.colour === null ? null : (cloud.colour[point] ?? Number.NaN)
    const entry = value === null || Number.isNaN(value) ? -1 : 3 * colourIndex(value, range.low, range.high)
    const fallback = value === null ? plain : missingColour
    for (let line = row - reach; line <= row + reach; line += 1) {
      for (let place = column - reach; place <= column + reach; place += 1) {
        if (line < 0 || place < 0 || line >= height || place >= width) continue
        const at = 4 * (line * width + place)
        for (let channel = 0; channel < 3; channel += 1)
          data[at + channel] = (entry < 0 ? fallback[channel] : table[entry + channel]) ?? 0
        data[at + 3] = 255
      }
    }
  }
}

function endsOf(values: ArrayLike<number>): [number, number] {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN
    if (value < low) low = value
    if (value > high) high = value
  }
  return low <= high ? [low, high] : [0, 1]
}

function widened([low, high]: [number, number]): [number, number] {
  const margin = high > low ? 0.03 * (high - low) : Math.max(0.5, 0.05 * Math.abs(high))
  return [low - margin, high + margin]
}
