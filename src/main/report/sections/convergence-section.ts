import type { TraceColumn } from '../../../shared/method'
import type { Line } from '../charts/line-chart'
import { paragraph, row, type Block, type Section, type Table } from '../document'
import { formatBytes, formatNumber, formatSeconds, inWords, withUnit } from '../numbers'
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
    blocks.push(...traceFigures(key, run, trace))
  }
  const items = [
    ...effort(run),
    ...Object.entries(record.figures).map(([name, value]) => figureFact(name, value)),
  ]
  if (items.length > 0) blocks.push({ type: 'facts', items })
  return { id: `${key}-convergence`, title: 'Convergence', blocks, sections: [] }
}

function effort({ record }: ReportedRun) {
  const items: { label: string; value: string[] }[] = []
  const add = (label: string, value: string | null) => {
    if (value !== null) items.push({ label, value: [value] })
  }
  add('Iterations', record.iterations === null ? null : formatNumber(record.iterations))
  add('Time in set-up', record.setupSeconds === null ? null : formatSeconds(record.setupSeconds))
  add('Time in iteration', record.iterationSeconds === null ? null : formatSeconds(record.iterationSeconds))
  add('Peak memory', record.peakMemoryBytes === null ? null : formatBytes(record.peakMemoryBytes))
  return items
}

function figureFact(name: string, value: number) {
  return { label: inWords(name), value: [formatNumber(value)] }
}

/** A chart for every unit: columns that share a unit and an axis type share a chart. */
function traceFigures(key: string, run: ReportedRun, trace: Trace): Block[] {
  const columns = traceColumns(run, trace)
  const groups = new Map<string, TraceColumn[]>()
  for (const column of columns) {
    const group = `${column.unit ?? ''}|${column.logarithmic}|${isRelative(column)}`
    groups.set(group, [...(groups.get(group) ?? []), column])
  }
  return [...groups.values()].map((group, index) => traceFigure(`${key}-trace-${index + 1}`, group, trace))
}

/** Relative figures lie orders of magnitude from absolute ones of the same (missing) unit. */
function isRelative(column: TraceColumn): boolean {
  return column.unit === null && /^relative/i.test(column.name)
}

function traceFigure(key: string, columns: readonly TraceColumn[], trace: Trace): Block {
  const lines = columns.map((column, index): Line => ({
    name: column.title,
    values: trace.columns.get(column.name) ?? [],
    dashed: false,
    colour: index,
  }))
  const [first] = columns
  const title = columns.length === 1 ? (first?.title ?? '') : 'Trace'
  const logarithmic = (first?.logarithmic ?? false) && spansDecade(lines)
  const hidden = logarithmic && lines.some((line) => Array.from(line.values).some((value) => value <= 0))
  const figure = linesFigure({
    key,
    title,
    horizontal: { title: 'Iteration', positions: trace.iterations },
    vertical: { title: withUnit(columns.length === 1 ? title : 'Value', first?.unit ?? null), logarithmic },
    lines,
    caption: [
      `${columns.map((column) => column.title).join(', ')} over the iterations.`,
      ...(hidden
        ? [' Values that are not positive have no place on the logarithmic axis and are left out.']
        : []),
    ],
  })
  return { ...figure, data: traceTable(columns, trace) }
}

/** Below a factor of ten a logarithmic axis has no ticks to read a value from. */
function spansDecade(lines: readonly Line[]): boolean {
  const positive = lines.flatMap((line) => Array.from(line.values).filter((value) => value > 0))
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
  const choice = count <= printedRows ? '' : ` ${printedRows} of ${formatNumber(count)} rows, evenly picked;`
  return {
    type: 'table',
    caption: [`The trace.${choice} trace.csv has every row.`],
    columns: [
      { title: 'Iteration', align: 'end' },
      ...columns.map((column) => ({
        title: column.unit === null ? column.title : `${column.title} (${column.unit})`,
        align: 'end' as const,
      })),
    ],
    rows: picks.map((index) =>
      row([
        formatNumber(trace.iterations[index] ?? index),
        ...columns.map((column) => formatNumber(trace.columns.get(column.name)?.[index] ?? Number.NaN)),
      ]),
    ),
  }
}
