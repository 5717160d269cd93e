import { rowMajorStrides, type Axis } from '../../shared/array'
import { formatNumber, formatQuantity } from '../../shared/numbers'
import { thinning, type SliceRequest } from '../../shared/tensor-slice'
import type { DataArray } from '../client/data'
import type { Plane } from '../maps/plane'

/** A slice as a plane that maps draw. */
export function slicePlane({ values, shape }: DataArray): Plane {
  const [lines = 0, samples = 0] = shape
  return { values: values instanceof Float32Array ? values : Float32Array.from(values), lines, samples }
}

/** Where an entry of a thinned slice lies on its axis: 'excitation 310 nm'. */
export function placeOnAxis(axis: Axis, shown: number, index: number): string {
  const { step } = thinning(axis.size, Math.max(1, shown))
  const entry = Math.min(axis.size - 1, index * step)
  const label = axis.labels?.[entry]
  if (label !== undefined) return `${axis.name} ${label}`
  const coordinate = axis.coordinates?.[entry]
  return `${axis.name} ${coordinate === undefined ? entry : formatQuantity(coordinate, axis.unit, 6)}`
}

/** 'lon −94.1 … −93.1': the ends of an axis in its order; its name where it has no coordinates. */
export function rangeOnAxis(axis: Axis): string {
  const [first, last] = [axis.coordinates?.at(0), axis.coordinates?.at(-1)]
  if (first === undefined || last === undefined) return axis.name
  return `${axis.name} ${formatNumber(first, 4)} … ${formatQuantity(last, axis.unit, 4)}`
}

/** Entry by entry what is left of one plane after another is taken away; NaN where either is missing. */
export function difference(one: Plane, other: Plane): Plane {
  return {
    ...one,
    values: Float32Array.from(one.values, (value, index) => value - (other.values[index] ?? Number.NaN)),
  }
}

/** Smallest and largest finite value of some planes; null where there is none. */
export function rangeOfPlanes(planes: readonly Plane[]): { minimum: number; maximum: number } | null {
  let minimum = Number.POSITIVE_INFINITY
  let maximum = Number.NEGATIVE_INFINITY
  for (const { values } of planes) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue
      if (value < minimum) minimum = value
      if (value > maximum) maximum = value
    }
  }
  return minimum <= maximum ? { minimum, maximum } : null
}

/** Root mean square of the finite values; null where there is none. */
export function rootMeanSquare({ values }: Plane): number | null {
  let sum = 0
  let count = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    sum += value * value
    count += 1
  }
  return count === 0 ? null : Math.sqrt(sum / count)
}

/** A slice of an array that is here whole, in C order. */
export function arraySlice({ values, shape }: DataArray, { rows, columns, at }: SliceRequest): Plane {
  const strides = rowMajorStrides(shape)
  const lines = shape[rows] ?? 0
  const samples = shape[columns] ?? 0
  const start = strides.reduce(
    (sum, stride, mode) => sum + (mode === rows || mode === columns ? 0 : stride * (at[mode] ?? 0)),
    0,
  )
  const plane = Float32Array.from({ length: lines * samples }, (_, pixel) => {
    const line = Math.floor(pixel / samples)
    const sample = pixel % samples
    return Number(values[start + line * (strides[rows] ?? 0) + sample * (strides[columns] ?? 0)])
  })
  return { values: plane, lines, samples }
}

/** Values that reach well to both sides of zero are shown around it; a little noise below zero is no reason to. */
export function spreadOf(minimum: number | null, maximum: number | null): 'sequential' | 'diverging' {
  const below = Math.max(0, -(minimum ?? 0))
  const above = Math.max(0, maximum ?? 0)
  return Math.min(below, above) > 0.2 * Math.max(below, above) ? 'diverging' : 'sequential'
}
