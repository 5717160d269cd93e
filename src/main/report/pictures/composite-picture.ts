import { encode } from 'fast-png'
import { missingColour } from '../../../shared/colour-maps'
import { quantile, type Plane } from './plane'

/** The shares of darker and of brighter pixels that a stretch lets run into black and white. */
export const stretchShares = { low: 0.02, high: 0.98 } as const

/** Three planes of one size as red, green and blue, each stretched from its 2nd to its 98th percentile. */
export function drawComposite(red: Plane, green: Plane, blue: Plane): Uint8Array {
  const data = new Uint8Array(red.values.length * 3)
  for (const [channel, plane] of [red, green, blue].entries()) {
    const low = quantile(plane.values, stretchShares.low) ?? 0
    const high = quantile(plane.values, stretchShares.high) ?? 1
    const factor = high > low ? 255 / (high - low) : 0
    plane.values.forEach((value, index) => {
      const shade = Number.isFinite(value)
        ? Math.round((value - low) * factor)
        : (missingColour[channel] ?? 0)
      data[index * 3 + channel] = Math.min(Math.max(shade, 0), 255)
    })
  }
  return encode({ width: red.samples, height: red.lines, data, channels: 3 })
}
