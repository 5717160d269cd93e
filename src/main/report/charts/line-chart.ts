import type { ChartPanel } from '../document'
import {
  chartGrid,
  chartLabel,
  chartLegend,
  evenPlaces,
  horizontalAxis,
  lineColour,
  verticalAxis,
  type ChartAxis,
} from './chart-parts'
import { ring, type Point } from './scatter-chart'
import { drawSvgChart, type DrawnPlace } from './svg-chart'

export interface Line {
  name: string
  /** As many as the chart has positions; what is not finite leaves a gap. */
  values: ArrayLike<number>
  /** Deviation on either side of the values, drawn as a band. */
  spread?: ArrayLike<number>
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
  horizontal: { title: string; positions: ArrayLike<number>; logarithmic?: boolean }
  vertical: ChartAxis
  lines: readonly Line[]
  /** A point of a line that stands out, with its name. */
  mark?: { at: Point; name: string }
  /** A wide chart fills the page; two halves stand side by side. */
  size: keyof typeof sizes
}

/** A line drawn with more points than this shows no more than one with as many. */
const mostPoints = 2000

const sizes = { wide: { width: 720, plot: 320 }, half: { width: 440, plot: 250 } } as const

/** Lines over a common axis, as a self-contained SVG panel. */
export function drawLineChart(input: LineChartInput): ChartPanel {
  const { width, plot } = sizes[input.size]
  const { positions, logarithmic = false } = input.horizontal
  const names = input.lines.map((line) => line.name)
  const legend = chartLegend(names, width, true)
  const height = plot + legend.height
  const svg = drawSvgChart(
    input.key,
    input.title,
    input.description,
    { width, height },
    {
      legend: legend.option,
      grid: chartGrid(legend.height),
      xAxis: {
        ...horizontalAxis({ title: input.horizontal.title, logarithmic }),
        ...range(positions, logarithmic),
      },
      yAxis: verticalAxis(input.vertical),
      series: [
        ...input.lines.flatMap((line) => bands(input, line, logarithmic)),
        ...input.lines.map((line) => ({
          name: chartLabel(line.name),
          type: 'line',
          showSymbol: line.values.length === 1,
          symbol: line.values.length === 1 ? 'circle' : 'none',
          data: points(positions, line.values, logarithmic, input.vertical.logarithmic),
          color: lineColour(line.colour),
          lineStyle: { width: 1.8, type: line.dashed ? [6, 4] : 'solid' },
        })),
        ...(input.mark === undefined ? [] : [ring(input.mark.at, input.mark.name)]),
      ],
    },
  )
  return { type: 'chart', description: input.description, svg, width, height }
}

/** The deviation around a line as a veil in its colour, one piece for each stretch without gaps. */
function bands(input: LineChartInput, line: Line, logX: boolean) {
  const { spread } = line
  if (spread === undefined) return []
  const { positions } = input.horizontal
  const pieces: [number, number, number][][] = [[]]
  for (const place of evenPlaces(Math.min(positions.length, line.values.length), mostPoints)) {
    const x = positions[place] ?? Number.NaN
    const low = (line.values[place] ?? Number.NaN) - Math.abs(spread[place] ?? Number.NaN)
    const high = (line.values[place] ?? Number.NaN) + Math.abs(spread[place] ?? Number.NaN)
    const visible = Number.isFinite(low) && !(input.vertical.logarithmic && low <= 0) && !(logX && x <= 0)
    if (visible) pieces.at(-1)?.push([x, low, high])
    else if (pieces.at(-1)?.length !== 0) pieces.push([])
  }
  return pieces
    .filter((piece) => piece.length > 1)
    .map((piece) => ({
      type: 'custom',
      silent: true,
      clip: true,
      z: 1,
      encode: { x: [0, 3], y: [1, 2] },
      data: [
        [
          piece[0]?.[0] ?? 0,
          piece.reduce((least, [, low]) => Math.min(least, low), Number.POSITIVE_INFINITY),
          piece.reduce((most, [, , high]) => Math.max(most, high), Number.NEGATIVE_INFINITY),
          piece.at(-1)?.[0] ?? 0,
        ],
      ],
      renderItem: (_: unknown, place: DrawnPlace) => ({
        type: 'polygon',
        shape: {
          points: [
            ...piece.map(([x, , high]) => place.coord([x, high])),
            ...piece.toReversed().map(([x, low]) => place.coord([x, low])),
          ],
        },
        style: { fill: lineColour(line.colour), opacity: 0.2 },
      }),
    }))
}

function range(
  positions: ArrayLike<number>,
  logarithmic: boolean,
): { min: number; max: number } | Record<string, never> {
  const first = positions[0]
  const last = positions[positions.length - 1]
  if (logarithmic || first === undefined || last === undefined || first === last) return {}
  return { min: Math.min(first, last), max: Math.max(first, last) }
}

/** Pairs to draw: every one, or evenly picked ones with the last; '-' is a gap to ECharts. */
function points(
  positions: ArrayLike<number>,
  values: ArrayLike<number>,
  logX: boolean,
  logY: boolean,
): [number, number | '-'][] {
  return evenPlaces(Math.min(positions.length, values.length), mostPoints).flatMap(
    (index): [number, number | '-'][] => {
      const value = values[index] ?? Number.NaN
      const position = positions[index] ?? index
      if (logX && position <= 0) return []
      return [[position, Number.isFinite(value) && !(logY && value <= 0) ? value : '-']]
    },
  )
}
