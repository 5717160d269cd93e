/** A picture's worth of numbers in C order (lines, samples). */
export interface Plane {
  lines: number
  samples: number
  values: Float64Array
}

/** Figures of the finite values of a plane; null where there is none. */
export interface PlaneFigures {
  minimum: number | null
  maximum: number | null
  mean: number | null
  /** Values that are NaN or infinite. */
  missing: number
}

/** Smallest, largest and mean finite value, and how many are not finite. */
export function planeFigures(values: Float64Array): PlaneFigures {
  let minimum = Number.POSITIVE_INFINITY
  let maximum = Number.NEGATIVE_INFINITY
  let sum = 0
  let count = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
    sum += value
    count += 1
  }
  if (count === 0) return { minimum: null, maximum: null, mean: null, missing: values.length }
  return { minimum, maximum, mean: sum / count, missing: values.length - count }
}

/** The value below which a share of the finite values lies (0.02: the second percentile); null where there is none. */
export function quantile(values: Float64Array, share: number): number | null {
  const sorted = values.filter((value) => Number.isFinite(value)).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null
}
