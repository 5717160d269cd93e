import type { PatternMode } from '../../shared/pattern-window'
import type { DataArray } from '../client/data'
import type { ColourScale, Plane } from '../maps/plane'

/** What a picture of a matrix shows, and how its colours are to be read. */
export interface PatternPicture {
  plane: Plane
  scale: ColourScale
  title: string
}

/** Counts (line, sample) of what the host sent, and what a mode tells besides; null without a mode. */
export function patternLayers({ values, shape }: DataArray): {
  lines: number
  samples: number
  counts: Float64Array
  layer: Float64Array | null
} {
  const [planes = 0, lines = 0, samples = 0] = shape
  const all = values instanceof Float64Array ? values : Float64Array.from(values)
  const size = lines * samples
  return {
    ...{ lines, samples },
    counts: all.subarray(0, size),
    layer: planes > 1 ? all.subarray(size, 2 * size) : null,
  }
}

/**
 * The picture of a window. Cells without an entry are left open in every mode, so that what is coloured is what is
 * stored. Counts and sizes are shown by their logarithm where asked for.
 */
export function patternPicture(array: DataArray, mode: PatternMode, logarithmic: boolean): PatternPicture {
  const { lines, samples, counts, layer } = patternLayers(array)
  const told = (value: (count: number, told: number) => number) =>
    counts.map((count, cell) => (count === 0 ? Number.NaN : value(count, layer?.[cell] ?? 0)))
  if (mode === 'sign' && layer !== null) {
    return {
      plane: { lines, samples, values: told((count, sum) => sum / count) },
      scale: { colourMap: 'red-blue', low: -1, high: 1 },
      title: 'Mean sign of the entries in a cell',
    }
  }
  if (mode === 'asymmetry' && layer !== null) {
    return {
      plane: { lines, samples, values: told((count, unequal) => unequal / count) },
      scale: { colourMap: 'magma', low: 0, high: 1 },
      title: 'Share of entries without an equal mirror image',
    }
  }
  const sizes = mode === 'magnitude' && layer !== null
  const values = told((count, largest) => {
    const value = sizes ? largest : count
    return logarithmic ? Math.log10(value) : value
  }).map((value) => (value === Number.NEGATIVE_INFINITY ? Number.NaN : value))
  const finite = values.filter((value) => Number.isFinite(value))
  const low = finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const known = low <= high
  const quantity = sizes ? 'Largest absolute value in a cell' : 'Entries in a cell'
  // Counts begin at none (or one, whose logarithm is nought): their colours mean the same at every zoom with that count.
  return {
    plane: { lines, samples, values },
    scale: {
      colourMap: 'viridis',
      low: !known ? 0 : sizes ? low : 0,
      high: !known ? 1 : Math.max(high, sizes ? low : logarithmic ? 1 : 2),
    },
    title: logarithmic ? `${quantity}, log₁₀` : quantity,
  }
}
