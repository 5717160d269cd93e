import { encode } from 'fast-png'
import {
  colourCount,
  colourHex,
  colourTable,
  missingColour,
  type ColourMapName,
} from '../../../shared/colour-maps'
import type { ColourBar } from '../document'
import { formatNumber } from '../../../shared/numbers'
import type { Plane } from './plane'

export interface ColourScale {
  colourMap: ColourMapName
  low: number
  high: number
}

/** Colours of a picture: one entry of the 256 of a palette PNG is kept for pixels without a value. */
const shades = colourCount - 1

/** A plane as a palette PNG. The scale's ends take what lies beyond them; pixels without a value are grey. */
export function drawMapPicture(plane: Plane, scale: ColourScale): Uint8Array {
  const pixels = new Uint8Array(plane.values.length)
  const factor = scale.high > scale.low ? shades / (scale.high - scale.low) : 0
  plane.values.forEach((value, index) => {
    const shade = Math.floor((value - scale.low) * factor)
    pixels[index] = Number.isFinite(value) ? Math.min(Math.max(shade, 0), shades - 1) : shades
  })
  const table = colourTable(scale.colourMap)
  const palette = Array.from({ length: shades }, (_, shade) => {
    const entry = Math.round((shade * (colourCount - 1)) / (shades - 1)) * 3
    return [table[entry] ?? 0, table[entry + 1] ?? 0, table[entry + 2] ?? 0]
  })
  return encode({
    width: plane.samples,
    height: plane.lines,
    data: pixels,
    channels: 1,
    palette: [...palette, [...missingColour]],
  })
}

/** The bar that explains the colours of a map. */
export function describeColourBar(
  scale: ColourScale,
  text: { title: string; unit: string | null; missing: boolean },
): ColourBar {
  const stops = 33
  return {
    title: text.title,
    unit: text.unit,
    colours: Array.from({ length: stops }, (_, stop) =>
      colourHex(scale.colourMap, Math.round((stop * (colourCount - 1)) / (stops - 1))),
    ),
    low: formatNumber(scale.low, 3),
    middle: formatNumber(middleOf(scale), 3),
    high: formatNumber(scale.high, 3),
    missing: text.missing
      ? '#' + missingColour.map((channel) => channel.toString(16).padStart(2, '0')).join('')
      : null,
  }
}

/** The middle of a scale; zero where only rounding keeps it from being zero. */
function middleOf({ low, high }: ColourScale): number {
  const middle = (low + high) / 2
  return Math.abs(middle) < 1e-3 * (high - low) ? 0 : middle
}
