/** Round numbers that divide a range into about `count` steps; steps are 1, 2, 2.5 or 5 times a power of ten. */
export function niceTicks(low: number, high: number, count = 5): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [low]
  const step = niceStep(high - low, count)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => roundTo((first + index) * step, step))
}

/** The round step that divides a span into about `count` parts. */
function niceStep(span: number, count: number): number {
  const rough = span / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * 0.999) ?? 10
  return factor * power
}

/** Labels a logarithmic axis has room for. */
const mostDecades = 8

/**
 * Ticks of a logarithmic axis over positive values: powers of ten around two decades and more, round numbers around
 * less, so that an objective that falls from 104 to 98 can be read. The first and last are the ends of the axis.
 */
export function logTicks(low: number, high: number): number[] {
  if (!(high > low) || !(low > 0)) return [low]
  if (high / low < 100) {
    const step = niceStep(high - low, 5)
    const first = Math.floor(low / step + 1e-9)
    const last = Math.ceil(high / step - 1e-9)
    const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
      roundTo((first + index) * step, step),
    )
    return ticks[0] === 0 ? [low, ...ticks.slice(1)] : ticks
  }
  const first = Math.floor(Math.log10(low) + 1e-9)
  const last = Math.ceil(Math.log10(high) - 1e-9)
  const every = Math.ceil((last - first) / mostDecades)
  const count = Math.ceil((last - first) / every)
  return Array.from({ length: count + 1 }, (_, index) => 10 ** (first + index * every))
}

/** Ticks of a logarithmic axis over the positive, finite ones of some values; none where there are none. */
export function logTicksOf(lists: readonly ArrayLike<number>[]): number[] {
  let low = Number.POSITIVE_INFINITY
  let high = 0
  for (const values of lists) {
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] ?? Number.NaN
      if (!(value > 0) || value === Number.POSITIVE_INFINITY) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return high > 0 ? logTicks(low, high) : []
}

/** Takes the dust of binary fractions away: 0.30000000000000004 with step 0.1 is 0.3. */
function roundTo(value: number, step: number): number {
  const decimals = Math.max(0, Math.min(20, 2 - Math.floor(Math.log10(step))))
  return Number(value.toFixed(decimals)) + 0
}
