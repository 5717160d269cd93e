import type { LineSeriesOption } from 'echarts/charts'
import type {
  DataZoomComponentOption,
  GridComponentOption,
  LegendComponentOption,
  TitleComponentOption,
  TooltipComponentOption,
} from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import { axisTitle, formatNumber } from '../../shared/numbers'
import { logTicks } from './scales'
import type { AxisText, Series, SeriesPlot } from './series'

export type SeriesOption = ComposeOption<
  | LineSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | LegendComponentOption
  | DataZoomComponentOption
  | TitleComponentOption
>

/** What a chart takes from the design tokens; colours as CSS text. */
export interface ChartTheme {
  text: string
  quietText: string
  line: string
  surface: string
  /** One colour a series, used in turn. */
  palette: readonly string[]
  font: string
}

/** What a person has switched in a chart. */
export interface SeriesView {
  logX: boolean
  logY: boolean
  /** Ids of series that are switched off. */
  hidden: ReadonlySet<string>
}

/** Points above which a line is thinned by largest-triangle-three-buckets for drawing; tables and files keep all. */
export const samplingThreshold = 2000

/** Past this many points the marks of single points would only blot the line. */
const markThreshold = 30

/**
 * The points of a series as one array (x₀, y₀, x₁, y₁ …), the form ECharts reads without boxing. A logarithmic
 * axis is drawn as a linear one of decades, which also divides ranges of less than a decade; what it cannot show
 * (zero and negative values) becomes a gap.
 */
export function interleave(series: Series, logX: boolean, logY: boolean): Float64Array {
  const points = new Float64Array(series.x.length * 2)
  for (let index = 0; index < series.x.length; index += 1) {
    const x = series.x[index] ?? Number.NaN
    const y = series.y[index] ?? Number.NaN
    const drawable = Number.isFinite(y) && (!logY || y > 0) && (!logX || x > 0)
    points[2 * index] = logX ? Math.log10(x) : x
    points[2 * index + 1] = drawable ? (logY ? Math.log10(y) : y) : Number.NaN
  }
  return points
}

/** Values of visible series that a logarithmic axis must leave out; said beside the chart, never silent. */
export function hiddenByLogarithm(plot: SeriesPlot, view: SeriesView): number {
  if (!view.logY && !view.logX) return 0
  let count = 0
  for (const series of plot.series) {
    if (view.hidden.has(series.id)) continue
    for (let index = 0; index < series.y.length; index += 1) {
      const x = series.x[index] ?? Number.NaN
      const y = series.y[index] ?? Number.NaN
      if (Number.isFinite(y) && ((view.logY && y <= 0) || (view.logX && x <= 0))) count += 1
    }
  }
  return count
}

/** The colour of a series: its own place in the palette, or its position among the series. */
export function seriesColour(series: Series, position: number, theme: ChartTheme): string {
  return theme.palette[(series.colour ?? position) % theme.palette.length] ?? theme.text
}

/** The series part of an option alone: what a live chart sends again and again. */
export function seriesData(plot: SeriesPlot, view: SeriesView, theme: ChartTheme): LineSeriesOption[] {
  return plot.series
    .map((series, position) => ({ series, colour: seriesColour(series, position, theme) }))
    .filter(({ series }) => !view.hidden.has(series.id))
    .map(({ series, colour }) => ({
      type: 'line',
      id: series.id,
      name: series.name,
      dimensions: ['x', 'y'],
      // ECharts takes numbers without boxing for every series, but types it for scatter only.
      data: interleave(series, view.logX, view.logY) as unknown as NonNullable<LineSeriesOption['data']>,
      showSymbol: series.x.length <= markThreshold,
      symbolSize: 5,
      connectNulls: false,
      ...(series.x.length > samplingThreshold ? { sampling: 'lttb' as const } : {}),
      itemStyle: { color: colour },
      lineStyle: { color: colour, width: 1.75, type: series.dashed === true ? [5, 4] : 'solid' },
      emphasis: { focus: 'none', lineStyle: { width: 2.5 } },
    }))
}

/**
 * A plot as an ECharts option. Figures drawn for a file (`file` true) bring their own title and legend; on the
 * page both stand beside the canvas as text.
 */
export function seriesOption(
  plot: SeriesPlot,
  view: SeriesView,
  theme: ChartTheme,
  use: { file: boolean; tooltip?: (x: number) => HTMLElement },
): SeriesOption {
  const named = plot.series.some((series) => !view.hidden.has(series.id)) && plot.series.length > 1
  return {
    animation: false,
    backgroundColor: use.file ? theme.surface : 'transparent',
    textStyle: { fontFamily: theme.font, color: theme.text },
    ...(use.file
      ? {
          title: {
            text: plot.title,
            left: 12,
            top: 8,
            textStyle: { fontSize: 14, fontWeight: 600, color: theme.text },
          },
          ...(named
            ? {
                legend: {
                  top: 32,
                  left: 12,
                  itemWidth: 30,
                  itemStyle: { opacity: 0 },
                  textStyle: { color: theme.text },
                },
              }
            : {}),
        }
      : {}),
    // Names and labels lie inside these margins.
    grid: {
      left: 8,
      right: 16,
      top: use.file ? (named ? 68 : 44) : 8,
      bottom: 8,
      outerBoundsMode: 'same',
      outerBoundsContain: 'all',
    },
    tooltip: {
      show: !use.file,
      trigger: 'axis',
      confine: true,
      transitionDuration: 0,
      axisPointer: { type: 'line', lineStyle: { color: theme.quietText, type: 'solid' } },
      backgroundColor: theme.surface,
      borderColor: theme.line,
      textStyle: { color: theme.text, fontSize: 12 },
      formatter: (hits) => {
        const first = Array.isArray(hits) ? hits[0] : hits
        const drawn = firstOf(first?.value)
        const x = view.logX ? 10 ** drawn : drawn
        return use.tooltip?.(x) ?? formatNumber(x)
      },
    },
    xAxis: {
      ...axisOption(plot.x, view.logX ? ticksOf(plot, view, 'x') : null, theme),
      ...(view.logX ? {} : { min: 'dataMin' as const, max: 'dataMax' as const }),
      nameLocation: 'middle',
      splitLine: { show: false },
    },
    yAxis: {
      ...axisOption(plot.y, view.logY ? ticksOf(plot, view, 'y') : null, theme),
      nameLocation: 'middle',
      nameRotate: 90,
    },
    dataZoom: use.file
      ? []
      : [
          {
            type: 'inside',
            xAxisIndex: 0,
            filterMode: 'none',
            zoomOnMouseWheel: 'ctrl',
            moveOnMouseWheel: false,
          },
        ],
    series: seriesData(plot, view, theme),
  }
}

function firstOf(value: unknown): number {
  return Array.isArray(value) || value instanceof Float64Array ? Number(value[0]) : Number.NaN
}

/** Ticks of a logarithmic axis over the visible values that it can show. */
function ticksOf(plot: SeriesPlot, view: SeriesView, axis: 'x' | 'y'): number[] {
  let low = Number.POSITIVE_INFINITY
  let high = 0
  for (const series of plot.series) {
    if (view.hidden.has(series.id)) continue
    for (const value of series[axis]) {
      if (!(value > 0) || value === Number.POSITIVE_INFINITY) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return high > 0 ? logTicks(low, high) : []
}

/** An axis; `ticks` are the values a logarithmic one is divided at, null for a linear one. */
function axisOption(text: AxisText, ticks: readonly number[] | null, theme: ChartTheme) {
  const decades = ticks !== null && ticks.length > 1 ? ticks.map(Math.log10) : null
  const divisions = decades === null ? {} : { customValues: decades }
  return {
    type: 'value' as const,
    name: axisTitle(text.name, text.unit),
    scale: true,
    ...(decades === null ? {} : { min: decades[0] ?? 0, max: decades.at(-1) ?? 0 }),
    nameTextStyle: { color: theme.quietText, fontSize: 12 },
    axisLabel: {
      ...divisions,
      color: theme.quietText,
      fontSize: 11,
      hideOverlap: true,
      formatter: (value: number) => formatNumber(ticks === null ? value : 10 ** value, 5),
    },
    axisLine: { show: true, lineStyle: { color: theme.line } },
    axisTick: { ...divisions, show: true, lineStyle: { color: theme.line } },
    splitLine: { ...divisions, lineStyle: { color: theme.line, opacity: 0.6 } },
  }
}

/** A line of a hover readout. */
export interface ReadoutEntry {
  name: string
  colour: string
  value: number | null
}

/** The values of every visible series at the x nearest to the one asked, for the hover box and the keyboard. */
export function readoutAt(plot: SeriesPlot, view: SeriesView, theme: ChartTheme, x: number): ReadoutEntry[] {
  return plot.series.flatMap((series, position) => {
    if (view.hidden.has(series.id) || series.x.length === 0) return []
    const index = nearestIndex(series.x, x)
    const value = series.y[index] ?? Number.NaN
    const colour = seriesColour(series, position, theme)
    return [{ name: series.name, colour, value: Number.isFinite(value) ? value : null }]
  })
}

/** Index of the entry nearest to `x` in a rising array that is not empty. */
export function nearestIndex(values: ArrayLike<number>, x: number): number {
  let low = 0
  let high = values.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((values[middle] ?? Number.NaN) <= x) low = middle
    else high = middle
  }
  return x - (values[low] ?? Number.NaN) <= (values[high] ?? Number.NaN) - x ? low : high
}
