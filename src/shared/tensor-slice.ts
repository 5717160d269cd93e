import type { Axis } from './array'

/** A picture of a tensor: two modes across it, the others held at one entry each. */
export interface SliceRequest {
  /** Mode that runs downwards. */
  rows: number
  /** Mode that runs to the right. */
  columns: number
  /** Entry of every mode; those of `rows` and `columns` are not looked at. */
  at: readonly number[]
}

/** The two largest modes make the first picture; of equal ones the earlier comes first. Others stand in the middle. */
export function firstSlice(sizes: readonly number[]): SliceRequest {
  const [one = 0, other = 1] = sizes
    .map((size, mode) => ({ size, mode }))
    .sort((a, b) => b.size - a.size || a.mode - b.mode)
    .map(({ mode }) => mode)
  return {
    rows: Math.min(one, other),
    columns: Math.max(one, other),
    at: sizes.map((size) => Math.floor((size - 1) / 2)),
  }
}

/** Indices of `size` entries when every n-th is taken, with the smallest n that leaves at most `most`. */
export function thinning(size: number, most: number): { step: number; count: number } {
  const step = Math.max(1, Math.ceil(size / most))
  return { step, count: Math.ceil(size / step) }
}

/** 'channel 12, time 3.5 s': where a slice stands in the modes it does not show. */
export function slicePlace(axes: readonly Axis[], { rows, columns, at }: SliceRequest): string {
  return axes
    .flatMap((axis, mode) => {
      if (mode === rows || mode === columns) return []
      const coordinate = axis.coordinates?.[at[mode] ?? 0]
      const place = coordinate ?? at[mode] ?? 0
      const unit = coordinate === undefined || axis.unit === null ? '' : ` ${axis.unit}`
      return [`${axis.name} ${Number(place.toPrecision(6))}${unit}`]
    })
    .join(', ')
}
