import { FiligreeError } from '../../shared/failure'
import { grouped } from './wording'

/** Values of a digit when places are sorted. */
const digits = 2 ** 16

/** Entries as they are put together: indices (entry, mode), values, and flags beside them. */
export interface Entries {
  indices: Float64Array
  values: Float64Array
  missing: Uint8Array | null
  folds: Uint8Array | null
}

/**
 * How many entries stand where an earlier one stands already, and the first of them; null where there is none.
 */
export function findDuplicates(
  indices: Float64Array,
  sizes: readonly number[],
): { count: number; first: number } | null {
  const modes = sizes.length
  const entries = indices.length / modes
  const order = placeOrder(indices, sizes)
  let count = 0
  let first = entries
  for (let at = 1; at < entries; at += 1) {
    const entry = order[at] ?? 0
    if (!samePlace(indices, modes, order[at - 1] ?? 0, entry)) continue
    count += 1
    first = Math.min(first, entry)
  }
  return count === 0 ? null : { count, first }
}

/** One entry a place, in the order the places first appear: the sum or the mean of what stands there. */
export function mergedEntries(
  { indices, values, missing, folds }: Entries,
  sizes: readonly number[],
  foldCount: number,
  rule: 'sum' | 'mean',
  name: string,
): Entries {
  const modes = sizes.length
  const order = placeOrder(indices, sizes)
  // leader[entry]: the first entry at the same place.
  const leader = new Uint32Array(values.length)
  for (let at = 0; at < order.length; at += 1) {
    const entry = order[at] ?? 0
    const before = order[at - 1]
    leader[entry] =
      before !== undefined && samePlace(indices, modes, before, entry) ? (leader[before] ?? 0) : entry
  }
  const kept = leader.filter((first, entry) => first === entry)
  const row = new Uint32Array(values.length)
  kept.forEach((entry, index) => {
    row[entry] = index
  })
  const sums = new Float64Array(kept.length)
  const counts = new Uint32Array(kept.length)
  const flags = (given: Uint8Array | null, width: number) =>
    given === null
      ? null
      : Uint8Array.from(
          { length: kept.length * width },
          (_, at) => given[(kept[Math.floor(at / width)] ?? 0) * width + (at % width)] ?? 0,
        )
  for (let entry = 0; entry < values.length; entry += 1) {
    const first = leader[entry] ?? 0
    const at = row[first] ?? 0
    sums[at] = (sums[at] ?? 0) + (values[entry] ?? 0)
    counts[at] = (counts[at] ?? 0) + 1
    if (differs(missing, 1, first, entry) || differs(folds, foldCount, first, entry)) {
      throw new FiligreeError(
        'invalid-data',
        `Entries ${grouped(first + 1)} and ${grouped(entry + 1)} of ${name} stand at the same place, but one is held out or missing where the other is not.`,
      )
    }
  }
  if (rule === 'mean')
    for (let at = 0; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) / (counts[at] ?? 1)
  return {
    indices: Float64Array.from(
      { length: kept.length * modes },
      (_, at) => indices[(kept[Math.floor(at / modes)] ?? 0) * modes + (at % modes)] ?? 0,
    ),
    values: sums,
    missing: flags(missing, 1),
    folds: flags(folds, foldCount),
  }
}

/** Entries sorted by place, and by their own number at one place: digit by digit, in time linear in the entries. */
function placeOrder(indices: Float64Array, sizes: readonly number[]): Uint32Array {
  const modes = sizes.length
  let order = Uint32Array.from({ length: indices.length / modes }, (_, entry) => entry)
  for (let mode = modes - 1; mode >= 0; mode -= 1) {
    for (let unit = 1; unit < (sizes[mode] ?? 1); unit *= digits) {
      order = sortedByDigit(
        order,
        (entry) => Math.floor((indices[entry * modes + mode] ?? 0) / unit) % digits,
      )
    }
  }
  return order
}

/** A stable counting sort. */
function sortedByDigit(order: Uint32Array, digit: (entry: number) => number): Uint32Array<ArrayBuffer> {
  const starts = new Uint32Array(digits + 1)
  for (const entry of order) starts[digit(entry) + 1] = (starts[digit(entry) + 1] ?? 0) + 1
  for (let at = 1; at <= digits; at += 1) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0)
  const sorted = new Uint32Array(order.length)
  for (const entry of order) {
    const at = digit(entry)
    const target = starts[at] ?? 0
    sorted[target] = entry
    starts[at] = target + 1
  }
  return sorted
}

function samePlace(indices: Float64Array, modes: number, one: number, other: number): boolean {
  for (let mode = 0; mode < modes; mode += 1) {
    if (indices[one * modes + mode] !== indices[other * modes + mode]) return false
  }
  return true
}

function differs(flags: Uint8Array | null, width: number, one: number, other: number): boolean {
  if (flags === null) return false
  for (let at = 0; at < width; at += 1) if (flags[one * width + at] !== flags[other * width + at]) return true
  return false
}
