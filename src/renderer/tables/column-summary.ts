/** What the numbers of a column come to. Quantities are null where the column holds no number. */
export interface ColumnSummary {
  count: number
  missing: number
  mean: number | null
  deviation: number | null
  minimum: number | null
  maximum: number | null
  /** Whether all numbers are the same. */
  constant: boolean
  /** Rows in bins of even width from the minimum to the maximum. */
  bins: Float64Array
}

/** Bins of the histogram of a column. */
const binCount = 40

/** Counts a column; mean and deviation by Welford's recurrence, which holds for any offset. */
export function summaryOf(values: ArrayLike<number>): ColumnSummary {
  let count = 0
  let mean = 0
  let squares = 0
  let minimum = Number.POSITIVE_INFINITY
  let maximum = Number.NEGATIVE_INFINITY
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] ?? Number.NaN
    if (Number.isNaN(value)) continue
    count += 1
    const before = value - mean
    mean += before / count
    squares += before * (value - mean)
    minimum = Math.min(minimum, value)
    maximum = Math.max(maximum, value)
  }
  const bins = new Float64Array(binCount)
  const width = maximum > minimum ? (maximum - minimum) / binCount : 1
  for (let row = 0; row < values.length; row += 1) {
    const bin = Math.min(binCount - 1, Math.floor(((values[row] ?? Number.NaN) - minimum) / width))
    if (bin >= 0) bins[bin] = (bins[bin] ?? 0) + 1
  }
  return {
    count,
    missing: values.length - count,
    mean: count === 0 ? null : mean,
    deviation: count < 2 ? null : Math.sqrt(squares / (count - 1)),
    minimum: count === 0 ? null : minimum,
    maximum: count === 0 ? null : maximum,
    constant: count > 0 && minimum === maximum,
    bins,
  }
}
