import type { ChartPanel } from '../document'
import { visibleText } from '../escape'
import { drawSvgChart, inkColour } from './svg-chart'

export interface Line {
  name: string
  /** As many as the chart has positions; what is not finite leaves a gap. */
  values: ArrayLike<number>
  dashed: boolean
  /** Lines of the same number have the same colour. */
  colour: number
}

export interface LineChartInput {
  /** Unique in the document. */
  key: string
  title: string
  /** What the chart shows, for readers who cannot see it. */
  description: string
  horizontal: { title: string; positions: ArrayLike<number> }
  vertical: { title: string; logarithmic: boolean }
  lines: readonly Line[]
  /** A wide chart fills the page; two halves stand side by side. */
  size: keyof typeof sizes
}

/** Colours with a contrast above 3:1 against both the white and the dark page. */
export const lineColours = [
  '#2f7fd6',
  '#d3691e',
  '#2a9461',
  '#c24f8f',
  '#8468d6',
  '#a07d14',
  '#148f9c',
  '#d04848',
] as const

/** A line drawn with more points than this shows no more than one with as many. */
const mostPoints = 2000

const sizes = { wide: { width: 720, plot: 320 }, half: { width: 440, plot: 250 } } as const
const legendRow = 22

/** Lines over a common axis, as a self-contained SVG panel. */
export function drawLineChart(input: LineChartInput): ChartPanel {
  const { width, plot } = sizes[input.size]
  const lines = input.lines.map((line) => ({ ...line, name: chartLabel(line.name) }))
  const legendRows = lines.length > 1 ? Math.ceil(legendWidth(lines) / (width - 80)) : 0
  const height = plot + legendRows * legendRow
  const svg = drawSvgChart(
    input.key,
    input.title,
    input.description,
    { width, height },
    {
      textStyle: { color: inkColour },
      legend: {
        show: legendRows > 0,
        top: 0,
        left: 60,
        right: 10,
        itemWidth: 26,
        itemGap: 16,
        itemStyle: { opacity: 0 },
        textStyle: { color: inkColour, fontSize: 12 },
        data: lines.map((line) => ({ name: line.name })),
      },
      grid: { left: 76, right: 18, top: 14 + legendRows * legendRow, bottom: 50, containLabel: false },
      xAxis: {
        type: 'value',
        ...range(input.horizontal.positions),
        name: chartLabel(input.horizontal.title),
        nameLocation: 'middle',
        nameGap: 30,
        ...axisStyle,
      },
      yAxis: {
        type: input.vertical.logarithmic ? 'log' : 'value',
        scale: true,
        name: chartLabel(input.vertical.title),
        nameLocation: 'middle',
        nameGap: 56,
        ...axisStyle,
      },
      series: lines.map((line) => ({
        name: line.name,
        type: 'line',
        showSymbol: line.values.length === 1,
        symbol: line.values.length === 1 ? 'circle' : 'none',
        data: points(input.horizontal.positions, line.values, input.vertical.logarithmic),
        color: lineColours[line.colour % lineColours.length],
        lineStyle: { width: 1.8, type: line.dashed ? [6, 4] : 'solid' },
      })),
    },
  )
  return { type: 'chart', description: input.description, svg, width, height }
}

/** Longest name beside a line or an axis; the caption and the table have it whole. */
const longestLabel = 44

function chartLabel(text: string): string {
  const visible = visibleText(text)
  return visible.length <= longestLabel ? visible : `${visible.slice(0, longestLabel - 1)}…`
}

const axisStyle = {
  nameTextStyle: { color: inkColour, fontSize: 12 },
  axisLabel: { color: inkColour, fontSize: 11, formatter: axisLabel, hideOverlap: true },
  axisLine: { show: true, onZero: false, lineStyle: { color: inkColour, opacity: 0.55 } },
  axisTick: { show: true, lineStyle: { color: inkColour, opacity: 0.55 } },
  splitLine: { show: true, lineStyle: { color: inkColour, opacity: 0.12 } },
}

/** ECharts would write 1e-7 as 1e-7 and 100000 as 100,000: one form for both. */
function axisLabel(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e6))
    return value.toExponential().replace('e+', 'e').replace('-', '−')
  return String(Number(value.toPrecision(12))).replace('-', '−')
}

function range(positions: ArrayLike<number>): { min: number; max: number } | Record<string, never> {
  const first = positions[0]
  const last = positions[positions.length - 1]
  if (first === undefined || last === undefined || first === last) return {}
  return { min: Math.min(first, last), max: Math.max(first, last) }
}

/** Pairs to draw: every one, or evenly picked ones with the last; '-' is a gap to ECharts. */
function points(
  positions: ArrayLike<number>,
  values: ArrayLike<number>,
  logarithmic: boolean,
): [number, number | '-'][] {
  const count = Math.min(positions.length, values.length)
  const step = Math.max(1, Math.ceil(count / mostPoints))
  const drawn: [number, number | '-'][] = []
  const draw = (index: number) => {
    const value = values[index] ?? Number.NaN
    const visible = Number.isFinite(value) && !(logarithmic && value <= 0)
    drawn.push([positions[index] ?? index, visible ? value : '-'])
  }
  for (let index = 0; index < count; index += step) draw(index)
  if (count > 0 && (count - 1) % step !== 0) draw(count - 1)
  return drawn
}

function legendWidth(lines: readonly Line[]): number {
  return lines.reduce((total, line) => total + 26 + 22 + line.name.length * 7, 0)
}
