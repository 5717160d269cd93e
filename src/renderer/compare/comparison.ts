import type { MethodDescription } from '../../shared/method'
import type { Artifact, Metric, RunRecord } from '../../shared/run'
import { describeValue } from '../forms/form-state'
import { inViewOrder } from '../views/view-order'

/** Most runs that can be looked at side by side. */
export const mostCompared = 6

/** A line of a comparison: one text a run, in the order of the runs. */
export interface ComparedRow {
  id: string
  title: string
  cells: (string | null)[]
}

/** A metric of several runs, with the places of the best values. */
export interface ComparedMetric {
  metric: Metric
  values: (number | null)[]
  best: number[]
  /** Places of runs that were given a part of the truth: their figures are no rivals to the others. */
  informed: number[]
}

/** What differs between runs. */
export interface Differences {
  rows: ComparedRow[]
  /** Titles of parameters that only some of the methods have, and that agree wherever they apply. */
  leftOut: string[]
}

/** Only what differs between runs: method, inputs, parameters, seed. What a method does not have is null. */
export function differences(
  records: readonly RunRecord[],
  methods: readonly MethodDescription[],
): Differences {
  const methodOf = (record: RunRecord) => methods.find(({ id }) => id === record.method.id)
  const describe = (record: RunRecord, name: string) => {
    if (!(name in record.parameters)) return null
    const parameter = methodOf(record)?.parameters.find((candidate) => candidate.name === name)
    return describeValue(parameter, record.parameters[name])
  }
  const titled = methods.flatMap(({ parameters, inputs }) => [...parameters, ...inputs])
  const titleOf = (name: string) => titled.find((entry) => entry.name === name)?.title ?? name
  const inputs = distinct(records.flatMap((record) => Object.keys(record.inputs)))
  const parameters = distinct(records.flatMap((record) => Object.keys(record.parameters))).map((name) => ({
    id: `parameter:${name}`,
    title: titleOf(name),
    cells: records.map((record) => describe(record, name)),
  }))
  const others: ComparedRow[] = [
    {
      id: 'method',
      title: 'Method',
      cells: records.map(({ method }) => `${method.title}, version ${method.version}`),
    },
    ...inputs.map((name) => ({
      id: `input:${name}`,
      title: `${titleOf(name)}, input`,
      cells: records.map((record) => record.inputs[name]?.title ?? 'none'),
    })),
  ]
  const seed = { id: 'seed', title: 'Seed', cells: records.map((record) => String(record.seed)) }
  const differing = parameters.filter(({ cells }) => distinct(cells).length > 1)
  const agrees = ({ cells }: ComparedRow) => distinct(cells.filter((cell) => cell !== null)).length === 1
  return {
    rows: [
      ...others.filter(({ cells }) => distinct(cells).length > 1),
      ...differing.filter((row) => !agrees(row)),
      ...[seed].filter(({ cells }) => distinct(cells).length > 1),
    ],
    leftOut: differing.filter(agrees).map(({ title }) => title),
  }
}

/** What the score cards of the runs are about: 'Calibration'. */
export function scoreTitles(records: readonly RunRecord[]): string {
  return distinct(records.flatMap(({ scoreCard }) => (scoreCard === null ? [] : [scoreCard.title]))).join(
    ', ',
  )
}

/** Every metric any of the runs has, with the best values by its own direction among runs that did not know the truth. */
export function comparedMetrics(records: readonly RunRecord[]): ComparedMetric[] {
  const ids = distinct(records.flatMap((record) => record.scoreCard?.metrics.map(({ id }) => id) ?? []))
  return ids.flatMap((id) => {
    const found = records.map((record) => record.scoreCard?.metrics.find((metric) => metric.id === id))
    const metric = found.find((candidate) => candidate !== undefined)
    if (metric === undefined) return []
    const values = found.map((candidate) => candidate?.value ?? null)
    const informed = records.flatMap((record, place) =>
      knewTruth(record) && values[place] !== null ? [place] : [],
    )
    const rivals = values.map((value, place) => (informed.includes(place) ? null : value))
    return [{ metric, values, best: bestPlaces(rivals, metric.better), informed }]
  })
}

function knewTruth(record: RunRecord): boolean {
  return Object.values(record.inputs).some(({ reference }) => reference.type === 'truth')
}

/** Where the best of some values stand; nowhere when there is no better or nothing to compare. */
export function bestPlaces(values: readonly (number | null)[], better: Metric['better']): number[] {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value))
  if (better === 'neither' || known.length < 2) return []
  const best = better === 'lower' ? Math.min(...known) : Math.max(...known)
  return values.flatMap((value, place) => (value === best ? [place] : []))
}

/** An artifact several runs have, one place a run. */
export interface SharedArtifact {
  name: string
  title: string
  artifacts: (Artifact | null)[]
}

/**
 * Artifacts that can be looked at side by side: the same name and meaning in at least two runs. All are given the
 * range of all, so that one colour means one value.
 */
export function sharedArtifacts(records: readonly RunRecord[]): SharedArtifact[] {
  const all = inViewOrder(records.flatMap(({ artifacts }) => artifacts))
  return distinct(all.map(({ name }) => name)).flatMap((name) => {
    const artifacts = records.map(
      (record) => record.artifacts.find((artifact) => artifact.name === name) ?? null,
    )
    const known = artifacts.filter((artifact) => artifact !== null)
    const [first] = known
    if (first === undefined || known.length < 2 || distinct(known.map(({ meaning }) => meaning)).length > 1)
      return []
    const range = {
      minimum: extreme(
        known.map(({ minimum }) => minimum),
        Math.min,
      ),
      maximum: extreme(
        known.map(({ maximum }) => maximum),
        Math.max,
      ),
    }
    return [
      {
        name,
        title: first.title,
        artifacts: artifacts.map((own) => (own === null ? null : { ...own, ...range })),
      },
    ]
  })
}

function extreme(values: readonly (number | null)[], choose: (...values: number[]) => number): number | null {
  const known = values.filter((value): value is number => value !== null)
  return known.length === 0 ? null : choose(...known)
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)]
}
