import type { ChartPanel } from '../document'
import {
  chartGrid,
  chartLabel,
  fixedEnds,
  horizontalAxis,
  lineColour,
  verticalAxis,
  type ChartAxis,
} from './chart-parts'
import { drawSvgChart, inkColour, type DrawnPlace } from './svg-chart'

/** A point of a chart. */
export type Point = readonly [number, number]

export interface ScatterChartInput {
  /** Unique in the document. */
  key: string
  title: string
  /** What the chart shows, for readers who cannot see it. */
  description: string
  horizontal: ChartAxis
  vertical: ChartAxis
  points: readonly Point[]
  /** A point that stands out, with its name. */
  chosen?: { at: Point; name: string } | null
}

const size = { width: 560, height: 400 } as const

/** Points by two quantities, as a self-contained SVG panel. */
export function drawScatterChart(input: ScatterChartInput): ChartPanel {
  const { chosen = null } = input
  const svg = drawSvgChart(input.key, input.title, input.description, size, {
    grid: chartGrid(0),
    xAxis: horizontalAxis(input.horizontal),
    yAxis: verticalAxis(input.vertical),
    series: [
      {
        type: 'scatter',
        symbolSize: input.points.length > 200 ? 4 : 8,
        data: input.points.map((point) => [...point]),
        color: lineColour(0),
        itemStyle: { opacity: 0.75 },
      },
      ...(chosen === null ? [] : [ring(chosen.at, chosen.name)]),
    ],
  })
  return { type: 'chart', description: input.description, svg, ...size }
}

/** A ring around a point that stands out, with its name. */
export function ring(at: Point, name: string) {
  return {
    type: 'scatter',
    symbolSize: 18,
    data: [[...at]],
    color: 'transparent',
    itemStyle: { borderColor: inkColour, borderWidth: 2 },
    label: { show: true, formatter: chartLabel(name), position: 'top', color: inkColour, fontSize: 12 },
  }
}

export interface PlaneChartInput {
  /** Unique in the document. */
  key: string
  title: string
  description: string
  horizontal: string
  vertical: string
  /** Pixels in the plane. */
  x: ArrayLike<number>
  y: ArrayLike<number>
  /** Corners of the simplex, with their names. */
  corners: readonly { at: Point; name: string }[]
}

/** Cells across and down in which pixels are counted: a report draws how many there are, not every single one. */
const cells = { across: 110, down: 80 } as const
const planeSize = { width: 640, height: 460 } as const

/** Pixels in the plane of two components by how many lie in a cell, with the simplex over them. */
export function drawPlaneChart(input: PlaneChartInput): ChartPanel {
  const [left, right] = reach([input.x, input.corners.map(({ at }) => at[0])])
  const [bottom, top] = reach([input.y, input.corners.map(({ at }) => at[1])])
  const counted = countCells(input, { left, right, bottom, top })
  const most = counted.reduce((high, [, , count]) => Math.max(high, count), 1)
  const cell = [(right - left) / cells.across, (top - bottom) / cells.down] as const
  const edges = input.corners.flatMap(({ at }, index) =>
    input.corners.slice(index + 1).map((other) => [at, other.at] as const),
  )
  const svg = drawSvgChart(input.key, input.title, input.description, planeSize, {
    grid: chartGrid(0),
    xAxis: fixedEnds(horizontalAxis({ title: input.horizontal, logarithmic: false }), left, right),
    yAxis: fixedEnds(verticalAxis({ title: input.vertical, logarithmic: false }), bottom, top),
    series: [
      {
        type: 'custom',
        data: counted,
        renderItem: (_: unknown, place: DrawnPlace) => {
          const [x = 0, y = 0] = place.coord([place.value(0), place.value(1)])
          const [width = 0, height = 0] = place.size([...cell])
          return {
            type: 'rect',
            shape: { x: round(x), y: round(y - height), width: round(width), height: round(height) },
            // Logarithmic: a crowd does not make single pixels vanish.
            style: {
              fill: lineColour(0),
              opacity: round(0.25 + (0.75 * Math.log(place.value(2))) / Math.max(1e-9, Math.log(most))),
            },
          }
        },
      },
      // Of many corners the edges would hide the pixels.
      ...(edges.length > 66 ? [] : edges).map(([from, to]) => ({
        type: 'line',
        symbol: 'none',
        data: [[...from], [...to]],
        color: inkColour,
        lineStyle: { width: 1, type: [4, 3] },
      })),
      ...input.corners.map(({ at, name }, index) => ({
        type: 'scatter',
        symbolSize: 10,
        data: [[...at]],
        color: lineColour(index),
        label: { show: true, formatter: chartLabel(name), position: 'top', color: inkColour, fontSize: 12 },
      })),
    ],
  })
  return { type: 'chart', description: input.description, svg, ...planeSize }
}

function round(value: number): number {
  return Number(value.toFixed(2))
}

function reach(lists: readonly ArrayLike<number>[]): [number, number] {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const values of lists) {
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] ?? Number.NaN
      if (!Number.isFinite(value)) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  if (low > high) return [0, 1]
  const air = (high - low || 1) * 0.06
  return [low - air, high + air]
}

/** Cells with pixels in them: their lower left corner and how many there are. */
function countCells(
  { x, y }: Pick<PlaneChartInput, 'x' | 'y'>,
  { left, right, bottom, top }: Record<'left' | 'right' | 'bottom' | 'top', number>,
): [number, number, number][] {
  const counts = new Uint32Array(cells.across * cells.down)
  for (let index = 0; index < x.length; index += 1) {
    const column = Math.floor((((x[index] ?? Number.NaN) - left) / (right - left)) * cells.across)
    const row = Math.floor((((y[index] ?? Number.NaN) - bottom) / (top - bottom)) * cells.down)
    if (!(column >= 0 && row >= 0 && column < cells.across && row < cells.down)) continue
    const cell = row * cells.across + column
    counts[cell] = (counts[cell] ?? 0) + 1
  }
  const counted: [number, number, number][] = []
  counts.forEach((count, cell) => {
    if (count === 0) return
    const column = cell % cells.across
    const row = Math.floor(cell / cells.across)
    counted.push([
      left + (column * (right - left)) / cells.across,
      bottom + (row * (top - bottom)) / cells.down,
      count,
    ])
  })
  return counted
}
