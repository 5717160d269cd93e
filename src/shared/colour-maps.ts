import { cividisHex, magmaHex, viridisHex } from './colour-tables'

export const colourMapNames = ['viridis', 'cividis', 'magma', 'red-blue', 'grey'] as const
/** Perceptual colour maps; `red-blue` is diverging (blue low, white middle, red high), the others are sequential. */
export type ColourMapName = (typeof colourMapNames)[number]

/** Entries of every table. */
export const colourCount = 256

/** What a pixel without a finite value is painted with, as RGB: a grey that no table but `grey` holds. */
export const missingColour: readonly [number, number, number] = [150, 150, 158]

/** ColorBrewer's eleven-class RdBu, reversed (Brewer, Harrower and The Pennsylvania State University, Apache 2.0). */
const redBlueStops = [
  '053061',
  '2166ac',
  '4393c3',
  '92c5de',
  'd1e5f0',
  'f7f7f7',
  'fddbc7',
  'f4a582',
  'd6604d',
  'b2182b',
  '67001f',
]

const builders: Record<ColourMapName, () => Uint8Array> = {
  'viridis': () => bytesOfHex(viridisHex),
  'cividis': () => bytesOfHex(cividisHex),
  'magma': () => bytesOfHex(magmaHex),
  'red-blue': () => interpolate(redBlueStops.map(bytesOfHex)),
  'grey': () => Uint8Array.from({ length: colourCount * 3 }, (_, index) => Math.floor(index / 3)),
}

const built = new Map<ColourMapName, Uint8Array>()

/** The table of a colour map: 256 × 3 bytes, red, green, blue. The same array every time: do not write to it. */
export function colourTable(name: ColourMapName): Uint8Array {
  let table = built.get(name)
  if (table === undefined) {
    table = builders[name]()
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

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  )
}

/** A table of 256 colours that runs straight from stop to stop. */
function interpolate(stops: readonly Uint8Array[]): Uint8Array {
  const table = new Uint8Array(colourCount * 3)
  for (let index = 0; index < colourCount; index += 1) {
    const position = (index / (colourCount - 1)) * (stops.length - 1)
    const before = Math.min(Math.floor(position), stops.length - 2)
    for (let channel = 0; channel < 3; channel += 1) {
      const from = stops[before]?.[channel] ?? 0
      const to = stops[before + 1]?.[channel] ?? 0
      table[index * 3 + channel] = Math.round(from + (to - from) * (position - before))
    }
  }
  return table
}
