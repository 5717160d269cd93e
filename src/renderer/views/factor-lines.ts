import type { Axis } from '../../shared/array'

/** Positions of a mode from left to right, and the row of the factor at each. */
export interface FactorPositions {
  x: Float64Array
  rows: Int32Array
  title: { name: string; unit: string | null }
}

/** The positions along a mode: its coordinates in rising order, or the numbers of its entries. */
export function factorPositions(axis: Axis | undefined, size: number): FactorPositions {
  const coordinates = axis?.coordinates ?? null
  const at = (row: number) => coordinates?.[row] ?? row
  const rows = Int32Array.from({ length: size }, (_, row) => row).sort((one, other) => at(one) - at(other))
  return {
    x: Float64Array.from(rows, at),
    rows,
    title: { name: axis?.name ?? 'position', unit: coordinates === null ? null : (axis?.unit ?? null) },
  }
}

/** One component of a (position, component) array at these rows. */
export function factorLine(
  values: ArrayLike<number>,
  components: number,
  component: number,
  rows: Int32Array,
): Float64Array {
  return Float64Array.from(rows, (row) => values[row * components + component] ?? Number.NaN)
}
