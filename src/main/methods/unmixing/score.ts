import { linearSumAssignment } from 'linear-sum-assignment'
import type { ArraySource } from '../../../shared/array'
import type { ScoreCard } from '../../../shared/run'
import { arrayAsFloat64 } from '../../formats'
import { loadNative } from '../native'

/** What an unmixing result is held against. Spectra are (bands, p), maps (p, lines, samples); any may be missing. */
export interface UnmixingScoreInput {
  truth: { endmembers: ArraySource | null; abundances: ArraySource | null; names: readonly string[] }
  estimate: {
    endmembers: ArraySource | null
    abundances: ArraySource | null
    /** Names of the estimated maps, where they have any: those of a library's spectra. */
    names?: readonly string[] | null
  }
  /** Bands of the truth that took part in the run; null for all. */
  bands: readonly number[] | null
  normalisation: string
  threads: number
}

interface Scored {
  scoreCard: ScoreCard | null
  warnings: string[]
}

/** Columns of a matrix whose element (row, column) is `values[row * columns + column]`. */
export type Spectra = Float64Array[]

/**
 * Scores an unmixing result as the HySUPP and EDAA benchmarks do. Components are matched by the smallest total
 * mean squared difference of abundances (Hungarian), by the smallest total angle where there are no abundances.
 */
export async function scoreUnmixing(input: UnmixingScoreInput): Promise<Scored> {
  const { truth, estimate, bands, threads } = input
  const trueSpectra = truth.endmembers === null ? null : keepBands(await columns(truth.endmembers), bands)
  const foundSpectra = estimate.endmembers === null ? null : await columns(estimate.endmembers)
  const cosines =
    trueSpectra === null || foundSpectra === null ? null : cosineTable(trueSpectra, foundSpectra)
  const distances =
    truth.abundances === null || estimate.abundances === null
      ? null
      : await loadNative().mapDistances(truth.abundances, estimate.abundances, threads)
  const angles = cosines?.map((row) => row.map(degrees)) ?? null
  const costs = distances ?? angles
  if (costs === null) return { scoreCard: null, warnings: [] }
  const named = matchByName(truth.names, estimate.names ?? null, costs.length)
  const matching = named ?? match(costs)
  const sre = await signalToError(input, matching)
  return {
    scoreCard: scoreCard(input, { matching, angles, distances, sre, byName: named !== null }),
    warnings: [
      ...(named === null ? countWarnings(costs) : []),
      ...signWarnings(cosines, matching, truth.names),
    ],
  }
}

/**
 * For every row the column it is matched with at the smallest total cost; null for rows that are left over
 * where there are fewer columns than rows.
 */
export function match(costs: readonly (readonly number[])[]): (number | null)[] {
  // A pair without a single finite pixel in common must lose against every real one.
  const worst =
    1 + costs.flat().reduce((sum, cost) => (Number.isFinite(cost) ? sum + Math.abs(cost) : sum), 0)
  const table = costs.map((row) => row.map((cost) => (Number.isFinite(cost) ? cost : worst)))
  const { rowAssignments } = linearSumAssignment(table, { maximaze: false })
  return Array.from(rowAssignments, (column) => (column >= 0 ? column : null))
}

/**
 * True materials found by their names among the spectra of a library, so that it can be told whether the right ones
 * were used; null where a name is missing.
 */
export function matchByName(
  truth: readonly string[],
  found: readonly string[] | null,
  count: number,
): number[] | null {
  if (found === null || truth.length !== count || found.length < count) return null
  const matching = truth.map((name) => found.indexOf(name))
  return matching.includes(-1) || new Set(matching).size < count ? null : matching
}

/** SRE in dB; null without abundances, and where truth or error is zero. */
async function signalToError(
  { truth, estimate, threads }: UnmixingScoreInput,
  matching: readonly (number | null)[],
): Promise<number | null> {
  if (truth.abundances === null || estimate.abundances === null) return null
  const [signal, error] = await loadNative().abundanceErrors(
    truth.abundances,
    estimate.abundances,
    matching.map((found) => found ?? -1),
    threads,
  )
  return signal > 0 && error > 0 ? 10 * Math.log10(signal / error) : null
}

interface Comparison {
  matching: (number | null)[]
  sre: number | null
  /** Whether partners were found by their names. */
  byName: boolean
  angles: number[][] | null
  distances: number[][] | null
}

function scoreCard(input: UnmixingScoreInput, comparison: Comparison): ScoreCard {
  const { matching, angles, distances, sre } = comparison
  const pairs = matching.flatMap((found, component) => (found === null ? [] : [{ component, found }]))
  const angleOf = pairs.map(({ component, found }) => entry(angles, component, found))
  const squaredOf = pairs.map(({ component, found }) => entry(distances, component, found))
  const sad = mean(angleOf)
  const armse = rootPercent(mean(squaredOf))
  const rows = matching.map((found, component) => {
    return [
      nameOf(input.truth.names, component),
      found === null ? null : found + 1,
      found === null ? null : entry(angles, component, found),
      found === null ? null : rootPercent(entry(distances, component, found)),
    ]
  })
  return {
    title: 'Against the truth',
    rules: rules(input, comparison),
    columns: [
      { title: 'True material', unit: null, digits: null },
      { title: 'Matched endmember', unit: null, digits: 0 },
      { title: 'SAD', unit: '°', digits: 2 },
      { title: 'RMSE', unit: '%', digits: 2 },
    ],
    rows: [...rows, ['Mean SAD, aRMSE', null, sad, armse]],
    matching,
    metrics: [
      ...(sad === null
        ? []
        : [{ id: 'sad', title: 'Mean SAD', value: sad, unit: '°', better: 'lower' as const, digits: 2 }]),
      ...(armse === null
        ? []
        : [{ id: 'armse', title: 'aRMSE', value: armse, unit: '%', better: 'lower' as const, digits: 2 }]),
      ...(sre === null
        ? []
        : [{ id: 'sre', title: 'SRE', value: sre, unit: 'dB', better: 'higher' as const, digits: 2 }]),
    ],
  }
}

function rules(
  { normalisation, bands }: UnmixingScoreInput,
  { matching, angles, distances, sre, byName }: Comparison,
): string[] {
  const costs = distances ?? angles ?? []
  const found = costs[0]?.length ?? 0
  const [matched, left] = [
    matching.filter((index) => index !== null).length,
    Math.max(0, found - matching.length),
  ]
  return [
    byName
      ? 'Matching: every true material is the spectrum of the library that has its name.'
      : distances === null
        ? 'Matching: every true material is given the endmember at the smallest total spectral angle (Hungarian method), because there are no abundances to compare.'
        : 'Matching: every true material is given the endmember whose abundances differ least in mean square, in total over all (Hungarian method).',
    `Scaling of the pixels before unmixing: ${scalingWords(normalisation)}. The truth is used as it was given and is not rescaled.`,
    ...(angles === null
      ? []
      : [
          `SAD: angle between true and estimated spectrum in degrees${bands === null ? '' : `, over the ${bands.length} bands that took part`}; it does not depend on the length of either. The sign counts: a spectrum turned upside down scores above 90°. The mean is over the matched materials.`,
        ]),
    ...(distances === null
      ? []
      : [
          'RMSE: 100 · √(mean over the pixels of the squared difference of abundances), for one material. aRMSE: the same over all pixels and matched materials at once. Pixels that were left out do not count.',
        ]),
    ...(sre === null
      ? []
      : [
          'SRE: 20 · log10(‖X‖ / ‖X − X̂‖) in dB, over all pixels and maps at once. A true material without a partner is held against zero, and so is an estimated map without one: what a wrong spectrum takes counts as error.',
        ]),
    ...(byName || (matched === matching.length && left === 0)
      ? []
      : [
          `The truth has ${matching.length} materials, the run has ${found}: ${matched} pairs were compared, ${matching.length - matched} true materials and ${left} endmembers are left without a partner and do not enter the means.`,
        ]),
  ]
}

function scalingWords(normalisation: string): string {
  const words: Record<string, string> = {
    'none': 'none',
    'unit-length': 'each to unit length',
    'min-max': 'the whole cube to 0 … 1',
    'brightness': 'each to mean brightness one',
    'min-max-unit-length': 'the whole cube to 0 … 1, then each to unit length',
  }
  return words[normalisation] ?? normalisation
}

function countWarnings(costs: readonly (readonly number[])[]): string[] {
  const found = costs[0]?.length ?? 0
  if (found === costs.length) return []
  return [
    `The truth has ${costs.length} materials and this run ${found}; the score compares ${Math.min(found, costs.length)} pairs and leaves the others out.`,
  ]
}

function signWarnings(
  cosines: readonly (readonly number[])[] | null,
  matching: readonly (number | null)[],
  names: readonly string[],
): string[] {
  return matching.flatMap((found, component) => {
    const cosine = found === null ? undefined : cosines?.[component]?.[found]
    if (found === null || cosine === undefined || cosine >= 0) return []
    return [
      `Endmember ${found + 1} points away from the true ${nameOf(names, component)} (cosine ${cosine.toFixed(2)}): its sign may be flipped. The angle is given as it is.`,
    ]
  })
}

function nameOf(names: readonly string[], component: number): string {
  return names[component] ?? `Material ${component + 1}`
}

/** The spectra of an array (bands, p), one after the other. */
export async function columns(source: ArraySource): Promise<Spectra> {
  const { values, shape } = await arrayAsFloat64(source)
  const [rows = 0, count = 0] = shape
  return Array.from({ length: count }, (_, column) =>
    Float64Array.from({ length: rows }, (_, row) => values[row * count + column] ?? Number.NaN),
  )
}

function keepBands(spectra: Spectra, bands: readonly number[] | null): Spectra {
  if (bands === null) return spectra
  return spectra.map((spectrum) => Float64Array.from(bands, (band) => spectrum[band] ?? Number.NaN))
}

/** Cosine of every spectrum with every other; NaN where one of them is zero. */
export function cosineTable(truth: Spectra, found: Spectra): number[][] {
  return truth.map((a) => found.map((b) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))))
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? Number.NaN), 0)
}

export function degrees(cosine: number): number {
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI
}

/** Null where there is nothing to compare, or nothing finite (an endmember that is zero has no angle). */
function entry(table: number[][] | null, row: number, column: number): number | null {
  const value = table?.[row]?.[column]
  return value !== undefined && Number.isFinite(value) ? value : null
}

function rootPercent(squared: number | null): number | null {
  return squared === null ? null : 100 * Math.sqrt(squared)
}

/** Null where one is missing: a mean over the rest would look better than it is. */
function mean(values: readonly (number | null)[]): number | null {
  let sum = 0
  for (const value of values) {
    if (value === null) return null
    sum += value
  }
  return values.length === 0 ? null : sum / values.length
}
