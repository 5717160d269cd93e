/** An entry of a core with the indices of its components, counted from 1. */
export interface CoreEntry {
  indices: number[]
  value: number
}

/** The entries of an array with the largest sizes, the largest first; of equal ones the earlier. */
export function largestEntries(
  values: ArrayLike<number>,
  shape: readonly number[],
  most: number,
): CoreEntry[] {
  const places: number[] = []
  let least = 0
  for (let place = 0; place < values.length; place += 1) {
    const size = Math.abs(values[place] ?? 0)
    if (!(size > 0) || (places.length >= 4 * most && size <= least)) continue
    places.push(place)
    // Cut back now and then: sorting a short list often is cheaper than a long one once.
    if (places.length >= 8 * most) {
      keepLargest(places, values, most)
      least = Math.abs(values[places.at(-1) ?? 0] ?? 0)
    }
  }
  keepLargest(places, values, most)
  return places.map((place) => ({ indices: indicesOf(place, shape), value: values[place] ?? 0 }))
}

/** Share of the sum of squares that some entries have of all. */
export function shareOfSquares(entries: readonly CoreEntry[], values: ArrayLike<number>): number {
  let all = 0
  for (let place = 0; place < values.length; place += 1) all += (values[place] ?? 0) ** 2
  return all === 0 ? 0 : entries.reduce((sum, { value }) => sum + value ** 2, 0) / all
}

function keepLargest(places: number[], values: ArrayLike<number>, most: number): void {
  const size = (place: number) => Math.abs(values[place] ?? 0)
  places.sort((one, other) => size(other) - size(one) || one - other)
  places.length = Math.min(places.length, most)
}

function indicesOf(place: number, shape: readonly number[]): number[] {
  const indices: number[] = []
  let rest = place
  for (const size of shape.toReversed()) {
    indices.unshift((rest % size) + 1)
    rest = Math.floor(rest / size)
  }
  return indices
}
