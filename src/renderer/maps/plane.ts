import { colourCount, colourTable, type ColourMapName } from '../../shared/colour-maps'

/** One picture of numbers in C order: `values[line * samples + sample]`. */
export interface Plane {
  values: Float32Array | Float64Array
  lines: number
  samples: number
}

/** The values at the ends of a colour bar and the colours between them. */
export interface ColourScale {
  colourMap: ColourMapName
  low: number
  high: number
}

/** Counts and moments of a plane over its finite values. */
export interface PlaneStatistics {
  minimum: number | null
  maximum: number | null
  mean: number | null
  standardDeviation: number | null
  finite: number
  missing: number
}

const packedTables = new Map<ColourMapName, Uint32Array>()

/** A colour table as opaque RGBA words in the byte order of this machine, ready to be stored as pixels. */
function packedTable(name: ColourMapName): Uint32Array {
  let packed = packedTables.get(name)
  if (packed === undefined) {
    const table = colourTable(name)
    const bytes = new Uint8Array(colourCount * 4)
    for (let entry = 0; entry < colourCount; entry += 1) {
      bytes.set(table.subarray(entry * 3, entry * 3 + 3), entry * 4)
      bytes[entry * 4 + 3] = 255
    }
    packed = new Uint32Array(bytes.buffer)
    packedTables.set(name, packed)
  }
  return packed
}

/**
 * Paints a plane into RGBA pixels: one table look-up a value, values outside the scale take its end colour,
 * what is not finite stays transparent. A million pixels take a few milliseconds.
 */
export function paintPlane(plane: Plane, scale: ColourScale, pixels: Uint8ClampedArray): void {
  const table = packedTable(scale.colourMap)
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength >> 2)
  const { values } = plane
  const last = colourCount - 1
  const factor = scale.high > scale.low ? colourCount / (scale.high - scale.low) : 0
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN
    if (value - value !== 0) {
      words[index] = 0
      continue
    }
    const entry = (value - scale.low) * factor
    words[index] = table[entry <= 0 ? 0 : entry >= last ? last : entry | 0] ?? 0
  }
}

/** One entry of the first axis of a (count, lines, samples) array, without a copy. */
export function planeOf(
  values: Float32Array | Float64Array,
  lines: number,
  samples: number,
  index: number,
): Plane {
  return { values: values.subarray(index * lines * samples, (index + 1) * lines * samples), lines, samples }
}

/** Statistics of a plane over its finite values; the deviation is the population's. */
export function planeStatistics(plane: Plane): PlaneStatistics {
  let finite = 0
  let mean = 0
  let squares = 0
  let minimum = Number.POSITIVE_INFINITY
  let maximum = Number.NEGATIVE_INFINITY
  for (const value of plane.values) {
    if (!Number.isFinite(value)) continue
    finite += 1
    const step = value - mean
    mean += step / finite
    squares += step * (value - mean)
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
  }
  const missing = plane.values.length - finite
  if (finite === 0)
    return { minimum: null, maximum: null, mean: null, standardDeviation: null, finite, missing }
  return { minimum, maximum, mean, standardDeviation: Math.sqrt(squares / finite), finite, missing }
}

/** Mean size of the finite values of a plane, for the order of many. */
export function meanSize(plane: Plane): number {
  let sum = 0
  let finite = 0
  for (const value of plane.values) {
    if (value - value !== 0) continue
    sum += Math.abs(value)
    finite += 1
  }
  return finite === 0 ? 0 : sum / finite
}
