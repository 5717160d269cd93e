import type { ChartPanel } from '../document'
import {
  chartGrid,
  chartLabel,
  chartLegend,
  horizontalAxis,
  lineColour,
  nameAxis,
  type ChartAxis,
} from './chart-parts'
import { drawSvgChart } from './svg-chart'

export interface BarChartInput {
  /** Unique in the document. */
  key: string
  title: string
  /** What the chart shows, for readers who cannot see it. */
  description: string
  items: readonly string[]
  value: ChartAxis
  parts: readonly { name: string; values: ArrayLike<number> }[]
}

const width = 720
/** Height of an item: room for its bars and its name. */
const itemHeight = 24
const barHeight = 12

/** Lying bars, a row an item, as a self-contained SVG panel: every name can be read, however long. */
export function drawBarChart(input: BarChartInput): ChartPanel {
  const legend = chartLegend(
    input.parts.map(({ name }) => name),
    width,
    false,
  )
  const rows = input.items.length * Math.max(itemHeight, barHeight * input.parts.length)
  const height = 70 + rows + legend.height
  const longest = input.items.reduce((most, item) => Math.max(most, chartLabel(item).length), 0)
  const svg = drawSvgChart(
    input.key,
    input.title,
    input.description,
    { width, height },
    {
      legend: legend.option,
      grid: { ...chartGrid(legend.height), left: 16 + longest * 6.5 },
      // The length of a bar says its value: it begins at nought.
      xAxis: { ...horizontalAxis(input.value), ...(input.value.logarithmic ? {} : { scale: false }) },
      yAxis: { ...nameAxis(input.items), inverse: true },
      series: input.parts.map(({ name, values }, part) => ({
        type: 'bar',
        name: chartLabel(name),
        color: lineColour(part),
        barMaxWidth: 18,
        data: Array.from(values, (value) =>
          Number.isFinite(value) && !(input.value.logarithmic && value <= 0) ? value : '-',
        ),
      })),
    },
  )
  return { type: 'chart', description: input.description, svg, width, height }
}
