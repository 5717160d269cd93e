import type { TraceColumn } from '../../../shared/method'
import { paragraph, row, type Block, type Section, type Table } from '../document'
import { formatBytes, formatDuration, formatNumber, formatWhole } from '../../../shared/numbers'
import { inWords } from '../../../shared/words'
import type { ReportedRun } from '../report-input'
import { readTrace, type Trace } from '../trace'
import { linesFigure } from './lines-figure'

/** Rows of the trace printed as a table; the file has all of them. */
const printedRows = 16

/** How the solver went: the trace, why it stopped, and the figures it computed anew at the end. */
export async function convergenceSection(key: string, run: ReportedRun): Promise<Section> {
  const { record } = run
  const trace = await readTrace(run.folder)
  const blocks: Block[] = []
  if (record.stopMessage !== null) blocks.push(paragraph(record.stopMessage))
  if (trace === null) {
    const traced = run.method.outputs.some((output) => output.meaning === 'trace')
    blocks.push(
      paragraph(traced ? 'The run left no trace.' : 'This method does not iterate and leaves no trace.'),
    )
  } else {
    blocks.push(traceFigure(key, run, trace))
  }
  const items = [
    ...effort(run),
    // Those of the score card stand there, with their rules.
    ...Object.entries(record.figures)
      .filter(([name]) => !(record.scoreCard?.metrics.some(({ id }) => id === name) ?? false))
      .map(([name, value]) => figureFact(name, value)),
  ]
  if (items.length > 0) blocks.push({ type: 'facts', items })
  return { id: `${key}-convergence`, title: 'Convergence', blocks, sections: [] }
}

function effort({ record }: ReportedRun) {
  const items: { label: string; value: string[] }[] = []
  const add = (label: string, value: string | null) => {
    if (value !== null) items.push({ label, value: [value] })
  }
  add('Iterations', record.iterations === null ? null : formatWhole(record.iterations))
  add('Time in set-up', record.setupSeconds === null ? null : formatDuration(record.setupSeconds))
  add('Time in iteration', record.iterationSeconds === null ? null : formatDuration(record.iterationSeconds))
  add('Peak memory', record.peakMemoryBytes === null ? null : formatBytes(record.peakMemoryBytes))
  return items
}

function figureFact(name: string, value: number) {
  return { label: inWords(name), value: [formatNumber(value, 6)] }
}

/** A chart for every column, so that each shows its own course, whatever the size of the others. */
function traceFigure(key: string, run: ReportedRun, trace: Trace): Block {
  const columns = traceColumns(run, trace)
  const charts = columns.map((column, index) => {
    const values = trace.columns.get(column.name) ?? []
    return linesFigure({
      key: `${key}-trace-${index + 1}`,
      title: column.title,
      horizontal: { title: 'Iteration', positions: trace.iterations },
      vertical: { title: columnTitle(column), logarithmic: column.logarithmic && spansDecade(values) },
      lines: [{ name: column.title, values, dashed: false, colour: index }],
      caption: [],
      size: columns.length === 1 ? 'wide' : 'half',
    })
  })
  const hidden = columns.filter(({ name, logarithmic }) => {
    const values = trace.columns.get(name) ?? []
    return logarithmic && spansDecade(values) && values.some((value) => value <= 0)
  })
  return {
    type: 'figure',
    caption: [
      `${columns.map((column) => column.title).join(', ')} over the iterations, each on an axis of its own.`,
      ...(hidden.length === 0
        ? []
        : [' Values that are not positive have no place on a logarithmic axis and are left out.']),
    ],
    panels: charts.flatMap((chart) => chart.panels),
    colourBar: null,
    data: traceTable(columns, trace),
  }
}

function columnTitle(column: TraceColumn): string {
  return column.unit === null ? column.title : `${column.title} (${column.unit})`
}

/** Below a factor of ten a logarithmic axis has no ticks to read a value from. */
function spansDecade(values: readonly number[]): boolean {
  const positive = values.filter((value) => value > 0)
  const low = positive.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = positive.reduce((most, value) => Math.max(most, value), 0)
  return high >= 10 * low
}

/** The columns the method describes, then whatever else the file holds. */
function traceColumns(run: ReportedRun, trace: Trace): TraceColumn[] {
  const described = run.method.outputs.flatMap((output) => output.columns)
  const known = described.filter((column) => trace.columns.has(column.name))
  const others = [...trace.columns.keys()].filter((name) => !described.some((column) => column.name === name))
  return [...known, ...others.map((name) => ({ name, title: inWords(name), unit: null, logarithmic: false }))]
}

function traceTable(columns: readonly TraceColumn[], trace: Trace): Table {
  const count = trace.iterations.length
  const picks =
    count <= printedRows
      ? trace.iterations.map((_, index) => index)
      : Array.from({ length: printedRows }, (_, pick) => Math.round((pick * (count - 1)) / (printedRows - 1)))
  const choice = count <= printedRows ? '' : ` ${printedRows} of ${formatWhole(count)} rows, evenly picked;`
  return {
    type: 'table',
    caption: [`The trace.${choice} trace.csv has every row.`],
    columns: [
      { title: 'Iteration', align: 'end' },
      ...columns.map((column) => ({
        title: columnTitle(column),
        align: 'end' as const,
      })),
    ],
    rows: picks.map((index) =>
      row([
        formatWhole(trace.iterations[index] ?? index),
        ...columns.map((column) => formatNumber(trace.columns.get(column.name)?.[index] ?? Number.NaN, 6)),
      ]),
    ),
  }
}
