import { cosineTable, degrees, match, type Spectra } from './score'

/** How repeats were matched with the one that lies in their middle. */
export interface Matching {
  /** Place of the repeat that is nearest to all others (the medoid). */
  reference: number
  /** `orders[repeat][component]`: the component of the repeat that belongs to the one of the reference; −1 for none. */
  orders: number[][]
  /** `angles[repeat][component]` in degrees to the reference. */
  angles: number[][]
  /** Mean angle in degrees between the matched components of every two repeats. */
  agreement: number[][]
}

/** Angle to a spectrum that is zero, or that is missing: nothing in common. */
const nothingInCommon = 90

/**
 * Matches the components of every two repeats at the smallest total spectral angle (Hungarian method), and takes the
 * repeat with the smallest mean angle to all others as the reference; the first of several that are equal.
 */
export function matchRepeats(repeats: readonly Spectra[]): Matching {
  const pairs = repeats.map((one) => repeats.map((other) => matched(one, other)))
  const agreement = pairs.map((row) => row.map(({ angles }) => mean(angles)))
  const totals = agreement.map((row) => row.reduce((sum, angle) => sum + angle, 0))
  const reference = totals.indexOf(Math.min(...totals))
  const row = pairs[reference] ?? []
  return {
    reference,
    orders: row.map(({ order }) => order),
    angles: row.map(({ angles }) => angles),
    agreement,
  }
}

function matched(one: Spectra, other: Spectra): { order: number[]; angles: number[] } {
  const table = cosineTable(one, other).map((row) =>
    row.map((cosine) => (Number.isFinite(cosine) ? degrees(cosine) : nothingInCommon)),
  )
  const order = match(table).map((component) => component ?? -1)
  return { order, angles: order.map((component, own) => table[own]?.[component] ?? nothingInCommon) }
}

/** The spread of all repeats in one number: mean angle over all pairs. */
export function meanAgreement({ agreement }: Matching): number {
  return mean(agreement.flatMap((row, one) => row.slice(one + 1)))
}

/** Zero of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
