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
  series: readonly Series[]
}

/** The rows of the table and of the CSV behind a plot: every x that occurs, rising, and the value of each series there. */
export interface SeriesTable {
  header: string[]
  /** `rows[i][0]` is x; null where a series has no value. */
  rows: (number | null)[][]
}

/** Joins the series of a plot by their x. */
export function seriesTable(plot: SeriesPlot): SeriesTable {
  const rows = new Map<number, (number | null)[]>()
  plot.series.forEach((series, column) => {
    for (let index = 0; index < series.x.length; index += 1) {
      const x = series.x[index] ?? Number.NaN
      let row = rows.get(x)
      if (row === undefined) {
        row = [x, ...new Array<null>(plot.series.length).fill(null)]
        rows.set(x, row)
      }
      const y = series.y[index] ?? Number.NaN
      row[column + 1] = Number.isFinite(y) ? y : null
    }
  })
  const unit = (text: AxisText) => (text.unit === null ? text.name : `${text.name} (${text.unit})`)
  return {
    header: [unit(plot.x), ...plot.series.map((series) => series.name)],
    rows: [...rows.values()].sort((left, right) => (left[0] ?? 0) - (right[0] ?? 0)),
  }
}

/** A table as CSV (RFC 4180): full precision, empty where there is no value. */
export function csvText(
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const cell = (value: string | number | null) => {
    const text = value === null ? '' : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}
