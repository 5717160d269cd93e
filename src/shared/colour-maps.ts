import { interpolateCividis, interpolateMagma, interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic'

export const colourMapNames = ['viridis', 'cividis', 'magma', 'red-blue', 'grey'] as const
/** Perceptual colour maps; `red-blue` is diverging (blue low, white middle, red high), the others are sequential. */
export type ColourMapName = (typeof colourMapNames)[number]

/** Entries of every table. */
export const colourCount = 256

/** What a pixel without a finite value is painted with, as RGB: a grey that no table but `grey` holds. */
export const missingColour: readonly [number, number, number] = [150, 150, 158]

/** The colour at a position from 0 to 1, as d3 writes it: `#rrggbb` or `rgb(r, g, b)`. */
const colours: Record<ColourMapName, (position: number) => string> = {
  'viridis': interpolateViridis,
  'cividis': interpolateCividis,
  'magma': interpolateMagma,
  'red-blue': (position) => interpolateRdBu(1 - position),
  'grey': (position) =>
    `rgb(${Array(3)
      .fill(Math.round(position * 255))
      .join(', ')})`,
}

const built = new Map<ColourMapName, Uint8Array>()

/** The table of a colour map: 256 × 3 bytes, red, green, blue. The same array every time: do not write to it. */
export function colourTable(name: ColourMapName): Uint8Array {
  let table = built.get(name)
  if (table === undefined) {
    table = sample(colours[name])
    built.set(name, table)
  }
  return table
}

/** The entry a value has in a table whose ends are `low` and `high`; values outside take the end. NaN is the caller's. */
export function colourIndex(value: number, low: number, high: number): number {
  if (!(high > low)) return 0
  const index = Math.floor(((value - low) / (high - low)) * colourCount)
  return Math.min(Math.max(index, 0), colourCount - 1)
}

/** The colour of an entry as `#rrggbb`. */
export function colourHex(name: ColourMapName, index: number): string {
  const entry = colourTable(name).subarray(index * 3, index * 3 + 3)
  return '#' + Array.from(entry, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** How an output's scale is drawn: its colour map, and its ends for values from `minimum` to `maximum`. */
export function colourScale(
  scale: 'fraction' | 'sequential' | 'diverging',
  minimum: number,
  maximum: number,
): { colourMap: ColourMapName; low: number; high: number } {
  if (scale === 'fraction') {
    return { colourMap: 'viridis', low: Math.min(0, minimum), high: Math.max(1, maximum) }
  }
  if (scale === 'diverging') {
    const reach = Math.max(Math.abs(minimum), Math.abs(maximum))
    return { colourMap: 'red-blue', low: -reach, high: reach }
  }
  return { colourMap: 'viridis', low: minimum, high: maximum }
}

/** Reads a colour function at 256 even positions, both ends included. */
function sample(colour: (position: number) => string): Uint8Array {
  const table = new Uint8Array(colourCount * 3)
  for (let index = 0; index < colourCount; index += 1) {
    table.set(channels(colour(index / (colourCount - 1))), index * 3)
  }
  return table
}

function channels(colour: string): number[] {
  const parts = colour.startsWith('#')
    ? (colour.match(/[0-9a-f]{2}/gi) ?? []).map((part) => Number.parseInt(part, 16))
    : (colour.match(/\d+/g) ?? []).map(Number)
  if (parts.length !== 3) throw new Error(`'${colour}' is no colour of three channels.`)
  return parts
}
