import { isFinished, type RunRecord } from '../../../shared/run'
import {
  code,
  paragraph,
  row,
  strong,
  type Block,
  type Inline,
  type Section,
  type Statement,
} from '../document'
import { formatCount, formatDuration, formatFixed, withUnit } from '../../../shared/numbers'
import type { ReportedRun } from '../report-input'

/** What was run on what and how it ended: what a reader in a hurry needs. */
export function summarySection(runs: readonly ReportedRun[]): Section {
  const blocks: Block[] = runs.flatMap((run) =>
    runs.length === 1 ? [describe(run), outcome(run.record), ...keyFigures(run.record)] : [],
  )
  return {
    id: 'summary',
    title: 'Summary',
    blocks: runs.length === 1 ? blocks : [overview(runs), runTable(runs)],
    sections: [],
  }
}

function describe({ record, dataset, method }: ReportedRun): Block {
  const on: Inline[] =
    dataset === null ? [' on a dataset that is no longer in the project'] : [' on ', strong(dataset.name)]
  return paragraph(
    strong(record.method.title),
    ` (version ${record.method.version}, ${method.familyTitle.toLowerCase()}) was run`,
    ...on,
    ' as run ',
    code(record.id),
    '.',
  )
}

/** Ends that left a result, but not the one that was asked for. */
const unfinished = new Set(['iteration-limit', 'stagnated', 'broke-down'])

/** How a run ended, never kinder than it was. */
export function outcome(record: RunRecord): Statement {
  const time = (record.setupSeconds ?? 0) + (record.iterationSeconds ?? 0)
  const work = [
    record.iterations === null || record.iterations === 0
      ? null
      : formatCount(record.iterations, 'iteration'),
    record.setupSeconds === null && record.iterationSeconds === null ? null : formatDuration(time),
  ].filter((part) => part !== null)
  const effort = work.length === 0 ? '' : ` (${work.join(' in ')})`
  const left = record.artifacts.length > 0
  switch (record.state) {
    case 'succeeded':
      return statement(
        unfinished.has(record.stopReason ?? 'finished') ? 'warning' : 'success',
        endings[record.stopReason ?? 'finished'] + effort,
        record.stopMessage ?? 'The solver gave no reason for stopping.',
      )
    case 'failed':
      return statement(
        'failure',
        `The run failed${effort}`,
        failureText(record, left ? ' What it had written by then is shown below and is not a result.' : ''),
      )
    case 'crashed':
      return statement('failure', 'The run crashed: its process went away', failureText(record, ''))
    case 'cancelled':
      return statement(
        'warning',
        `The run was cancelled${effort}`,
        left
          ? 'It was stopped before it was done. The outputs below are the state it was stopped in, not a converged result.'
          : 'It was stopped before it was done and left no outputs.',
      )
    default:
      return statement(
        'note',
        `The run was ${record.state} when this report was written`,
        'It has no result yet.',
      )
  }
}

const endings: Record<NonNullable<RunRecord['stopReason']>, string> = {
  'converged': 'The run succeeded: the solver converged',
  'finished': 'The run succeeded',
  'iteration-limit': 'The run ended at its iteration limit, before it converged',
  'broke-down': 'The run ended because a step could not be made, before it converged',
  'stagnated': 'The run ended because it no longer improved, before it converged',
  'cancelled': 'The run was stopped',
}

function failureText(record: RunRecord, addition: string): string {
  const reason = record.failure?.message ?? 'No reason was recorded.'
  return reason + addition
}

function statement(tone: Statement['tone'], title: string, text: string): Statement {
  return { type: 'statement', tone, title, text: [[text]] }
}

function keyFigures(record: RunRecord): Block[] {
  const metrics = record.scoreCard?.metrics ?? []
  if (metrics.length === 0) return []
  return [
    {
      type: 'facts',
      items: metrics.map((metric) => ({
        label: metric.title,
        value: [strong(withUnit(formatFixed(metric.value, metric.digits), metric.unit))],
      })),
    },
  ]
}

function overview(runs: readonly ReportedRun[]): Block {
  const succeeded = runs.filter((run) => run.record.state === 'succeeded').length
  const unfinished = runs.filter((run) => !isFinished(run.record.state)).length
  const others = runs.length - succeeded - unfinished
  const parts = [
    `${formatCount(runs.length, 'run')} reported`,
    `${succeeded} succeeded`,
    ...(others > 0 ? [`${others} failed, crashed or were cancelled`] : []),
    ...(unfinished > 0 ? [`${unfinished} not finished`] : []),
  ]
  return paragraph(`${parts.join('; ')}. Each run has a section of its own below.`)
}

function runTable(runs: readonly ReportedRun[]): Block {
  return {
    type: 'table',
    caption: ['The runs of this report, and how each one ended.'],
    columns: [
      { title: 'Run', align: 'start' },
      { title: 'Method', align: 'start' },
      { title: 'Dataset', align: 'start' },
      { title: 'Outcome', align: 'start' },
    ],
    rows: runs.map((run) =>
      row([
        [code(run.record.id)],
        run.record.method.title,
        run.dataset?.name ?? 'no longer in the project',
        outcome(run.record).title,
      ]),
    ),
  }
}
