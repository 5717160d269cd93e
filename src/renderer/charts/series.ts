import { axisTitle } from '../../shared/numbers'

/** A quantity along an axis, with its unit. */
export interface AxisText {
  name: string
  unit: string | null
}

/** Numbers of a series; typed arrays are taken as they are. */
export type Values = readonly number[] | Float64Array | Float32Array

/** One line of a chart: `y[i]` at `x[i]`; NaN leaves a gap. Both arrays have the same length, `x` rises. */
export interface Series {
  /** Stays the same while the chart lives. */
  id: string
  name: string
  x: Values
  y: Values
  /** Place in the palette, so that an estimate and its truth share a colour; its own position where left out. */
  colour?: number
  /** Deviation on either side of `y`, drawn as a band around the line. */
  spread?: Values
  /** Dashes for what is shown for reference: a truth, a limit. */
  dashed?: boolean
  /** Off until it is switched on in the legend. */
  hidden?: boolean
}

/** A chart of series, as data. */
export interface SeriesPlot {
  /** What the chart shows, for its accessible name and the names of exported files. */
  title: string
  x: AxisText
  y: AxisText
  /** Ends of the upright axis; those of the numbers where left out. */
  yRange?: readonly [number, number]
  series: readonly Series[]
  /** Points under the lines, such as what was observed. */
  points?: { name: string; x: Values; y: Values }
}

/** A row of a table: texts, and numbers that are lined up; null where there is none. */
export type TableRow = readonly (string | number | null)[]

/** Rows of a table. An array is one; what has millions of rows makes each when it comes into sight. */
export interface TableRows {
  readonly length: number
  at: (index: number) => TableRow | undefined
}

/** The rows of the table and of the CSV behind a plot: every x that occurs, rising, and the value of each series there. */
export interface SeriesTable {
  header: string[]
  /** `rows[i][0]` is x; null where a series has no value. */
  rows: (number | null)[][]
}

/** Joins the series of a plot by their x; a deviation stands in a column of its own after its series. */
export function seriesTable(plot: SeriesPlot): SeriesTable {
  const rows = new Map<number, (number | null)[]>()
  const columns = plot.series.flatMap((series) => [
    { name: series.name, x: series.x, values: series.y },
    ...(series.spread === undefined
      ? []
      : [{ name: `${series.name}, deviation`, x: series.x, values: series.spread }]),
  ])
  columns.forEach((column, place) => {
    for (let index = 0; index < column.x.length; index += 1) {
      const x = column.x[index] ?? Number.NaN
      let row = rows.get(x)
      if (row === undefined) {
        row = [x, ...new Array<null>(columns.length).fill(null)]
        rows.set(x, row)
      }
      const value = column.values[index] ?? Number.NaN
      row[place + 1] = Number.isFinite(value) ? value : null
    }
  })
  return {
    header: [axisTitle(plot.x.name, plot.x.unit), ...columns.map(({ name }) => name)],
    rows: [...rows.values()].sort((left, right) => (left[0] ?? 0) - (right[0] ?? 0)),
  }
}

/** A table as CSV (RFC 4180): full precision, empty where there is no value. */
export function csvText(header: readonly string[], rows: TableRows): string {
  const cell = (value: string | number | null) => {
    const text = value === null ? '' : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const lines = [header.map(cell).join(',')]
  for (let index = 0; index < rows.length; index += 1) {
    lines.push((rows.at(index) ?? []).map(cell).join(','))
  }
  return lines.join('\r\n') + '\r\n'
}
