import { colourCount, colourTable, type ColourMapName } from '../../shared/colour-maps'
import { formatNumber } from '../../shared/numbers'
import { niceTicks } from '../charts/scales'
import type { ColourScale } from './plane'

/** A tick of a colour bar: where it stands from 0 to 1, and what it says. */
export interface ColourTick {
  position: number
  label: string
}

/** Round ticks of a colour scale; the ends always have one, so that the range can be read. */
export function colourTicks(scale: ColourScale, count = 5): ColourTick[] {
  const span = scale.high - scale.low
  if (!(span > 0)) return [{ position: 0, label: formatNumber(scale.low, 4) }]
  const label = labelFor(Math.max(Math.abs(scale.low), Math.abs(scale.high)))
  const tick = (value: number) => ({ position: (value - scale.low) / span, label: label(value) })
  const first = { position: 0, label: label(scale.low) }
  const last = { position: 1, label: label(scale.high) }
  // A long number at an end needs more room than a short one.
  const room = (end: ColourTick) => Math.max(0.6, 0.09 * end.label.length) / count
  const inner = niceTicks(scale.low, scale.high, count)
    .map(tick)
    .filter(({ position }) => position > room(first) && position < 1 - room(last))
  return [first, ...inner, last]
}

/** One way of writing for all ticks of a bar: no power of ten beside plain decimals. */
function labelFor(reach: number): (value: number) => string {
  const plain = reach >= 1e-3 && reach < 1e5
  return (value) => {
    // What is nothing beside the other end is written so.
    if (Math.abs(value) < 1e-4 * reach) return '0'
    return plain ? String(Number(value.toPrecision(3))).replace('-', '−') : formatNumber(value, 3)
  }
}

/** Paints a colour map from left to right into a canvas of any size. */
export function paintColourBar(canvas: HTMLCanvasElement, colourMap: ColourMapName): void {
  canvas.width = colourCount
  canvas.height = 1
  const context = canvas.getContext('2d')
  if (context === null) return
  const image = context.createImageData(colourCount, 1)
  const table = colourTable(colourMap)
  for (let entry = 0; entry < colourCount; entry += 1) {
    image.data.set(table.subarray(entry * 3, entry * 3 + 3), entry * 4)
    image.data[entry * 4 + 3] = 255
  }
  context.putImageData(image, 0, 0)
}
