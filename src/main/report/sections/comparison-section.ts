import type { Metric } from '../../../shared/run'
import { code, paragraph, row, strong, type Block, type Inline, type Section } from '../document'
import { formatDuration, formatFixed } from '../../../shared/numbers'
import { formatValue } from '../words'
import type { ReportedRun } from '../report-input'
import { parameterText } from './parameters-section'

/** What differs between the runs, and what came of it. */
export function comparisonSection(runs: readonly ReportedRun[]): Section {
  return {
    id: 'comparison',
    title: 'Comparison',
    blocks: [differences(runs), metricsTable(runs)],
    sections: [],
  }
}

/** One thing that may differ between runs, as text. */
interface Aspect {
  title: string
  of: (run: ReportedRun) => string
}

function aspects(runs: readonly ReportedRun[]): Aspect[] {
  const titles = new Map<string, string>()
  for (const { method, record } of runs) {
    for (const name of Object.keys(record.parameters)) {
      const described = method.parameters.find((parameter) => parameter.name === name)
      if (!titles.has(name)) titles.set(name, described?.title ?? name)
    }
  }
  return [
    { title: 'Method', of: ({ record }) => `${record.method.title}, version ${record.method.version}` },
    {
      title: 'Dataset',
      of: ({ dataset, record }) => dataset?.name ?? record.inputs['cube']?.title ?? 'gone',
    },
    ...[...titles].map(([name, title]): Aspect => ({ title, of: (run) => parameterOf(run, name) })),
    {
      title: 'Inputs',
      of: ({ record }) =>
        Object.values(record.inputs)
          .map((input) => input.title)
          .join(', '),
    },
    { title: 'Seed', of: ({ record }) => String(record.seed) },
    { title: 'Filigree', of: ({ record }) => record.environment?.filigree ?? 'not recorded' },
  ]
}

function parameterOf(run: ReportedRun, name: string): string {
  const value = run.record.parameters[name]
  if (value === undefined) return '–'
  const described = run.method.parameters.find((parameter) => parameter.name === name)
  return described === undefined ? formatValue(value) : parameterText(described, value)
}

function differences(runs: readonly ReportedRun[]): Block {
  const differing = aspects(runs).filter((aspect) => new Set(runs.map(aspect.of)).size > 1)
  if (differing.length === 0) return paragraph('The runs have the same method, dataset, parameters and seed.')
  // A page is narrow: whatever there is less of goes across.
  const runsAcross = runs.length <= differing.length
  const titles = runsAcross ? runs.map(({ record }) => record.id) : differing.map(({ title }) => title)
  return {
    type: 'table',
    caption: [
      'What differs between the runs; everything else is the same in all of them. A dash: the method has no such parameter.',
    ],
    columns: [runsAcross ? 'Setting' : 'Run', ...titles].map((title) => ({ title, align: 'start' as const })),
    rows: runsAcross
      ? differing.map((aspect) => row([aspect.title, ...runs.map(aspect.of)]))
      : runs.map((run) => row([[code(run.record.id)], ...differing.map((aspect) => aspect.of(run))])),
  }
}

function metricsTable(runs: readonly ReportedRun[]): Block {
  const metrics = new Map<string, Metric>()
  for (const { record } of runs) {
    for (const metric of record.scoreCard?.metrics ?? []) metrics.set(metric.id, metric)
  }
  const columns = [...metrics.values()]
  const oneDataset = new Set(runs.map((run) => run.dataset?.id ?? null)).size === 1
  const cell = (run: ReportedRun, metric: Metric): Inline[] => {
    const own = metricOf(run, metric.id)
    if (own === null) return ['–']
    const text = formatFixed(own.value, own.digits)
    return [oneDataset && own.value === bestValue(runs, metric) ? strong(text) : text]
  }
  return {
    type: 'table',
    caption: [
      columns.length === 0
        ? 'Outcome and time of the runs; none was scored against a truth.'
        : `Outcome, time and scores of the runs.${oneDataset ? ' The best value of a column is set in bold.' : ' The runs are not on one dataset: their scores do not compare.'} The rules of the scores stand with each run.`,
    ],
    columns: [
      { title: 'Run', align: 'start' },
      { title: 'State', align: 'start' },
      { title: 'Time', align: 'end' },
      ...columns.map((metric) => ({
        title: metric.unit === '' ? metric.title : `${metric.title} (${metric.unit})`,
        align: 'end' as const,
      })),
    ],
    rows: runs.map((run) =>
      row([
        [code(run.record.id)],
        run.record.state,
        timeOf(run),
        ...columns.map((metric) => cell(run, metric)),
      ]),
    ),
  }
}

function metricOf(run: ReportedRun, id: string): Metric | null {
  return run.record.scoreCard?.metrics.find((metric) => metric.id === id) ?? null
}

/** The best value any run reached; null where none is better than another. */
function bestValue(runs: readonly ReportedRun[], metric: Metric): number | null {
  const values = runs.flatMap((run) => metricOf(run, metric.id)?.value ?? [])
  if (metric.better === 'neither' || values.length < 2) return null
  return metric.better === 'lower' ? Math.min(...values) : Math.max(...values)
}

function timeOf({ record }: ReportedRun): string {
  if (record.setupSeconds === null && record.iterationSeconds === null) return '–'
  return formatDuration((record.setupSeconds ?? 0) + (record.iterationSeconds ?? 0))
}
