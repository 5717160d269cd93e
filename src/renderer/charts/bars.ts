import type { AxisText, Values } from './series'

/** One bar an item, `values[i]` for item i, with its deviation where there is one. */
export interface BarPart {
  id: string
  name: string
  values: Values
  spread?: Values
  /** Drawn as a line behind the bars, with its deviation as a band of 95 %: what is to be expected. */
  reference?: boolean
}

/** A chart of labelled bars, as data. */
export interface BarPlot {
  /** What the chart shows, for its accessible name and the names of exported files. */
  title: string
  /** What an item is: 'Band', 'Method'. */
  item: AxisText
  value: AxisText
  items: readonly string[]
  parts: readonly BarPart[]
}

/** The table and the CSV behind bars: an item a row. */
export function barTable(plot: BarPlot): { header: string[]; rows: (string | number | null)[][] } {
  const columns = plot.parts.flatMap(({ name, values, spread }) => [
    { name, values },
    ...(spread === undefined ? [] : [{ name: `${name}, deviation`, values: spread }]),
  ])
  return {
    header: [plot.item.name, ...columns.map(({ name }) => name)],
    rows: plot.items.map((item, index) => [
      item,
      ...columns.map(({ values }) => {
        const value = values[index] ?? Number.NaN
        return Number.isFinite(value) ? value : null
      }),
    ]),
  }
}
