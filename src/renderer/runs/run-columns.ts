import type { MethodDescription } from '../../shared/method'
import type { Metric, RunSummary } from '../../shared/run'
import { formatDate, formatTime } from '../design/format-date'
import { changedParameters, describeValue } from '../forms/form-state'

/** A column of the run table that may be switched off. */
export interface RunColumn {
  id: string
  title: string
  /** What the host sorts by; null where there is no order. */
  sort: string | null
  number: boolean
}

const before: readonly RunColumn[] = [
  { id: 'state', title: 'State', sort: 'state', number: false },
  { id: 'dataset', title: 'Dataset', sort: 'datasetName', number: false },
  { id: 'changed', title: 'Not at default', sort: null, number: false },
]
const after: readonly RunColumn[] = [
  { id: 'seed', title: 'Seed', sort: 'seed', number: true },
  { id: 'duration', title: 'Duration', sort: 'seconds', number: true },
  { id: 'created', title: 'Queued', sort: 'createdAt', number: false },
]

/** Columns that start switched off. */
export const initiallyHidden: readonly string[] = ['seed']

/** The columns for these runs: the fixed ones, and one for every metric any of them has. */
export function runColumns(runs: readonly RunSummary[]): RunColumn[] {
  const metrics = new Map<string, Metric>()
  for (const run of runs)
    for (const metric of run.metrics) if (!metrics.has(metric.id)) metrics.set(metric.id, metric)
  const scores = [...metrics.values()].map((metric) => ({
    id: `metric:${metric.id}`,
    title: metric.unit === '' ? metric.title : `${metric.title} (${metric.unit})`,
    sort: `metric:${metric.id}`,
    number: true,
  }))
  return [...before, ...scores, ...after]
}

/** What a run does not leave at its method's defaults, as short text: 'p = 3', 'λ = 0.5'. */
export function changedText(run: RunSummary, method: MethodDescription | undefined): string[] {
  if (method === undefined) return []
  return Object.entries(changedParameters(method.parameters, run.parameters)).map(([name, value]) => {
    const parameter = method.parameters.find((candidate) => candidate.name === name)
    return `${parameter?.symbol ?? parameter?.title ?? name} = ${describeValue(parameter, value)}`
  })
}

/** When a run was queued, as short as it stays clear: the time of today, the date of any other day. */
export function shortTime(iso: string, now = new Date()): string {
  const time = new Date(iso)
  return time.toDateString() === now.toDateString() ? (formatTime(iso).split(', ')[1] ?? '') : formatDate(iso)
}
