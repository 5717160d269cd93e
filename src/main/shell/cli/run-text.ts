import { axisTitle, formatFixed } from '../../../shared/numbers'
import type { RunRecord, RunSummary, ScoreCard } from '../../../shared/run'
import { duration, table } from './output'

/** A run as a person reads it in a terminal. */
export function runText(record: RunRecord, folder: string): string {
  const lines = [
    `${record.id}  ${record.method.title}  ${record.state}`,
    ...Object.entries(record.inputs).map(([name, { title }]) => `${name}: ${title}`),
    ...(record.stopMessage === null ? [] : [record.stopMessage]),
    ...(record.failure === null ? [] : [record.failure.message]),
    ...timeText(record),
    ...record.warnings.map((warning) => `Warning: ${warning}`),
    ...record.notes,
    ...(record.scoreCard === null ? [] : ['', scoreText(record.scoreCard)]),
    '',
    folder,
  ]
  return lines.join('\n')
}

function timeText({ iterations, setupSeconds, iterationSeconds, peakMemoryBytes }: RunRecord): string[] {
  if (setupSeconds === null || iterationSeconds === null) return []
  const count = iterations === null || iterations === 0 ? '' : `${iterations} iterations, `
  const memory = peakMemoryBytes === null ? '' : `, ${Math.ceil(peakMemoryBytes / 1e6)} MB at most`
  return [`${count}${duration(setupSeconds)} set-up, ${duration(iterationSeconds)} solving${memory}`]
}

/** Figures with the rules they were made by: they never stand alone. */
function scoreText({ title, columns, rows, rules, metrics }: ScoreCard): string {
  const headings = columns.map(({ title: heading, unit }) => axisTitle(heading, unit))
  const cells = rows.map((row) =>
    row.map((cell, index) => {
      if (cell === null) return ''
      return typeof cell === 'number' ? formatFixed(cell, columns[index]?.digits ?? 3) : cell
    }),
  )
  const single = metrics.map(({ title: name, value, digits, unit }) => [
    name,
    formatFixed(value, digits),
    unit,
  ])
  const figures = columns.length > 0 ? table(headings, cells) : table(['', 'Value', 'Unit'], single)
  return [title, figures, ...rules.map((rule) => `  ${rule}`)].join('\n')
}

/** Runs as a table: a column for every metric that one of them has. */
export function runsText(runs: readonly RunSummary[]): string {
  const metrics = new Map(runs.flatMap((run) => run.metrics.map((metric) => [metric.id, metric] as const)))
  const headings = [
    'Run',
    'State',
    'Dataset',
    'Seed',
    'Time',
    ...[...metrics.values()].map(({ title, unit }) => axisTitle(title, unit)),
  ]
  const rows = runs.map((run) => [
    run.id,
    run.state,
    run.datasetName ?? '',
    String(run.seed),
    run.seconds === null ? '' : duration(run.seconds),
    ...[...metrics.values()].map(({ id, digits }) => {
      const metric = run.metrics.find((candidate) => candidate.id === id)
      return metric === undefined ? '' : formatFixed(metric.value, digits)
    }),
  ])
  return table(headings, rows)
}
