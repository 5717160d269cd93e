import type { CustomSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts'
import { formatNumber } from '../../shared/numbers'
import {
  chartGround,
  tooltipLook,
  valueAxis,
  zoomAlongX,
  type ChartOption,
  type ChartUse,
} from './chart-parts'
import type { ChartTheme } from './chart-theme'
import { bandOutlines } from './deviation-band'
import { logTicksOf, niceTicks } from './scales'
import type { Series, SeriesPlot } from './series'

/** What a person has switched in a chart. */
export interface SeriesView {
  logX: boolean
  logY: boolean
  /** Ids of series that are switched off. */
  hidden: ReadonlySet<string>
  /** Ids of series that are pointed at: the others stand back. Null while none is. */
  pointed?: ReadonlySet<string> | null
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
export function interleave(series: Pick<Series, 'x' | 'y'>, logX: boolean, logY: boolean): Float64Array {
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

/** Dashes of the lines after each turn of the palette, so that no two of 32 series look the same. */
const turns: readonly ('solid' | readonly number[])[] = ['solid', [9, 3], [2, 3], [9, 3, 2, 3]]

/** Dashes of what is shown for reference. */
const referenceDashes = [5, 4]

/** How the line of a series is broken: solid for the first turn of the palette. */
export function seriesDashes(
  series: Series,
  position: number,
  theme: ChartTheme,
): 'solid' | readonly number[] {
  if (series.dashed === true) return referenceDashes
  const turn = Math.floor((series.colour ?? position) / theme.palette.length)
  return turns[turn % turns.length] ?? 'solid'
}

/** The lines of a chart alone: what a live chart sends again and again. */
export function seriesData(plot: SeriesPlot, view: SeriesView, theme: ChartTheme): LineSeriesOption[] {
  return visible(plot, view, theme).map(({ series, colour, dashes }) => {
    const pointed = view.pointed?.has(series.id) ?? false
    const quiet = (view.pointed ?? null) !== null && !pointed
    return {
      type: 'line',
      id: series.id,
      name: series.name,
      dimensions: ['x', 'y'],
      // ECharts takes numbers without boxing for every series, but types it for scatter only.
      data: interleave(series, view.logX, view.logY) as unknown as NonNullable<LineSeriesOption['data']>,
      showSymbol: series.x.length <= markThreshold,
      symbolSize: 5,
      connectNulls: false,
      triggerLineEvent: true,
      ...(series.x.length > samplingThreshold ? { sampling: 'lttb' as const } : {}),
      z: pointed ? 3 : 2,
      itemStyle: { color: colour, opacity: quiet ? 0.2 : 1 },
      lineStyle: {
        color: colour,
        width: pointed ? 2.75 : 1.75,
        opacity: quiet ? 0.2 : 1,
        type: dashes === 'solid' ? 'solid' : [...dashes],
      },
      emphasis: { focus: 'none', lineStyle: { width: pointed ? 2.75 : 2.5 } },
    }
  })
}

/** Shown series with their look. */
function visible(plot: SeriesPlot, view: SeriesView, theme: ChartTheme) {
  return plot.series
    .map((series, position) => ({
      series,
      colour: seriesColour(series, position, theme),
      dashes: seriesDashes(series, position, theme),
    }))
    .filter(({ series }) => !view.hidden.has(series.id))
}

/** The deviation around every shown line that has one, as a veil in its colour. */
function bandData(plot: SeriesPlot, view: SeriesView, theme: ChartTheme): CustomSeriesOption[] {
  const floor = view.logY ? (ticksOf(plot, view, 'y')[0] ?? 0) : null
  return visible(plot, view, theme).flatMap(({ series, colour }): CustomSeriesOption[] => {
    const outlines = bandOutlines(series, view.logX, floor)
    if (outlines.length === 0) return []
    const quiet = (view.pointed ?? null) !== null && !view.pointed?.has(series.id)
    return [
      {
        type: 'custom',
        id: `${series.id}:deviation`,
        silent: true,
        clip: true,
        z: 1,
        // Ends of every piece, so that the axes reach around it.
        encode: { x: [0, 2], y: [1, 3] },
        data: outlines.map(({ ends }) => [...ends]),
        renderItem: (params, api) => ({
          type: 'polygon',
          shape: { points: outlines[params.dataIndex]?.points.map((point) => api.coord([...point])) ?? [] },
          style: { fill: colour, opacity: quiet ? 0.05 : 0.18 },
        }),
      },
    ]
  })
}

/** The points under the lines, quiet and without a readout of their own. */
function pointData({ points }: SeriesPlot, view: SeriesView, theme: ChartTheme): ScatterSeriesOption[] {
  if (points === undefined) return []
  return [
    {
      type: 'scatter',
      id: 'points',
      name: points.name,
      silent: true,
      z: 0,
      symbolSize: points.x.length > 300 ? 3 : 5,
      itemStyle: { color: theme.quietText, opacity: points.x.length > 300 ? 0.35 : 0.7 },
      dimensions: ['x', 'y'],
      data: interleave(points, view.logX, view.logY),
    },
  ]
}

/** A plot as an ECharts option. */
export function seriesOption(
  plot: SeriesPlot,
  view: SeriesView,
  theme: ChartTheme,
  use: ChartUse & { tooltip?: (x: number) => HTMLElement },
): ChartOption {
  const named = plot.series.some((series) => !view.hidden.has(series.id)) && plot.series.length > 1
  const horizontal = valueAxis(plot.x, view.logX ? ticksOf(plot, view, 'x') : null, theme)
  return {
    ...chartGround(plot.title, named ? 'lines' : 'no', theme, use),
    tooltip: {
      ...tooltipLook(theme, use),
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: theme.quietText, type: 'solid' } },
      formatter: (hits) => {
        const first = Array.isArray(hits) ? hits[0] : hits
        const drawn = firstOf(first?.value)
        const x = view.logX ? 10 ** drawn : drawn
        return use.tooltip?.(x) ?? formatNumber(x)
      },
    },
    xAxis: {
      ...horizontal,
      ...(view.logX ? {} : { min: 'dataMin' as const, max: 'dataMax' as const }),
      splitLine: { show: false },
      ...(view.logX ? {} : roundEnds(plot, horizontal)),
    },
    yAxis: {
      ...valueAxis(plot.y, view.logY ? ticksOf(plot, view, 'y') : null, theme),
      nameRotate: 90,
      ...(plot.yRange === undefined || view.logY ? {} : { min: plot.yRange[0], max: plot.yRange[1] }),
    },
    dataZoom: use.file ? [] : zoomAlongX,
    series: [
      ...pointData(plot, view, theme),
      ...bandData(plot, view, theme),
      ...seriesData(plot, view, theme),
    ],
  }
}

/**
 * An axis that begins and ends with its data has labels at both ends: they are left out where they are no round
 * numbers, which would crowd the first and the last tick.
 */
function roundEnds({ series }: SeriesPlot, { axisLabel }: ReturnType<typeof valueAxis>) {
  const ends = series.flatMap(({ x }) => [x[0] ?? 0, x.at(-1) ?? 0])
  const low = ends.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = ends.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const ticks = niceTicks(low, high)
  return {
    axisLabel: { ...axisLabel, showMinLabel: ticks.includes(low), showMaxLabel: ticks.includes(high) },
  }
}

function firstOf(value: unknown): number {
  return Array.isArray(value) || value instanceof Float64Array ? Number(value[0]) : Number.NaN
}

/** Ticks of a logarithmic axis over the visible values that it can show. */
function ticksOf(plot: SeriesPlot, view: SeriesView, axis: 'x' | 'y'): number[] {
  return logTicksOf(plot.series.filter(({ id }) => !view.hidden.has(id)).map((series) => series[axis]))
}

/** A line of a hover readout. */
export interface ReadoutEntry {
  name: string
  colour: string
  value: number | null
  /** Deviation around the value, where the series has one. */
  spread: number | null
}

/** The values of every visible series at the x nearest to the one asked, for the hover box and the keyboard. */
export function readoutAt(plot: SeriesPlot, view: SeriesView, theme: ChartTheme, x: number): ReadoutEntry[] {
  return plot.series.flatMap((series, position) => {
    if (view.hidden.has(series.id) || series.x.length === 0) return []
    const index = nearestIndex(series.x, x)
    const value = series.y[index] ?? Number.NaN
    const colour = seriesColour(series, position, theme)
    const spread = series.spread?.[index] ?? Number.NaN
    return [{ name: series.name, colour, value: finite(value), spread: finite(spread) }]
  })
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
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
