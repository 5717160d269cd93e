/** Round numbers that divide a range into about `count` steps; steps are 1, 2, 2.5 or 5 times a power of ten. */
export function niceTicks(low: number, high: number, count = 5): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [low]
  const rough = (high - low) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * 0.999) ?? 10
  const step = factor * power
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => roundTo((first + index) * step, step))
}

/** Takes the dust of binary fractions away: 0.30000000000000004 with step 0.1 is 0.3. */
function roundTo(value: number, step: number): number {
  const decimals = Math.max(0, Math.min(20, 2 - Math.floor(Math.log10(step))))
  return Number(value.toFixed(decimals)) + 0
}

/** Smallest and largest finite value; null where there is none. */
export function finiteExtent(values: ArrayLike<number>): [number, number] | null {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return low <= high ? [low, high] : null
}
