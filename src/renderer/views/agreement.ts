/** Most points of one material in a scatter; more only blot it. */
const mostPoints = 10_000

/** Pixels of a scene at an even distance, at most so many that a scatter stays readable. */
export function evenPixels(pixels: number, most = mostPoints): Int32Array {
  const step = Math.max(1, Math.ceil(pixels / most))
  return Int32Array.from({ length: Math.ceil(pixels / step) }, (_, index) => index * step)
}

/** Root mean square difference of two maps over the pixels where both have a value; NaN where there are none. */
export function rootMeanSquareDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let squares = 0
  let count = 0
  for (let pixel = 0; pixel < one.length; pixel += 1) {
    const difference = (one[pixel] ?? Number.NaN) - (other[pixel] ?? Number.NaN)
    if (difference - difference !== 0) continue
    squares += difference * difference
    count += 1
  }
  return count === 0 ? Number.NaN : Math.sqrt(squares / count)
}
