import type { Series } from './series'

/** A piece of a band without gaps: its outline, up one side and back the other, and its ends as x, y, x, y. */
export interface BandOutline {
  points: readonly (readonly [number, number])[]
  ends: readonly [number, number, number, number]
}

/**
 * The outlines of the deviation around a series, one for each stretch without gaps; in decades where an axis is
 * logarithmic.
 *
 * @param floor Lowest value of a logarithmic y axis, which a band that reaches to zero ends at; null for a linear one.
 */
export function bandOutlines(series: Series, logX: boolean, floor: number | null): BandOutline[] {
  const { x, y, spread } = series
  if (spread === undefined) return []
  const outlines: BandOutline[] = []
  let upper: [number, number][] = []
  let lower: [number, number][] = []
  const finish = () => {
    const heights = [...upper, ...lower].map(([, height]) => height)
    const [first, last] = [upper[0], upper.at(-1)]
    if (first !== undefined && last !== undefined && upper.length > 1) {
      const low = heights.reduce((least, height) => Math.min(least, height))
      const high = heights.reduce((most, height) => Math.max(most, height))
      outlines.push({ points: [...upper, ...lower.toReversed()], ends: [first[0], low, last[0], high] })
    }
    upper = []
    lower = []
  }
  for (let index = 0; index < x.length; index += 1) {
    const place = logX ? Math.log10(x[index] ?? Number.NaN) : (x[index] ?? Number.NaN)
    const middle = y[index] ?? Number.NaN
    const half = Math.abs(spread[index] ?? Number.NaN)
    const drawable =
      Number.isFinite(place) && Number.isFinite(middle + half) && (floor === null || middle > 0)
    if (!drawable) {
      finish()
      continue
    }
    upper.push([place, height(middle + half, floor)])
    lower.push([place, height(middle - half, floor)])
  }
  finish()
  return outlines
}

function height(value: number, floor: number | null): number {
  return floor === null ? value : Math.log10(Math.max(value, floor))
}
