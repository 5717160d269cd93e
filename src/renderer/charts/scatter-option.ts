import type { CustomSeriesOption, ScatterSeriesOption } from 'echarts/charts'
import { chartGround, tooltipLook, valueAxis, type ChartOption, type ChartUse } from './chart-parts'
import type { ChartTheme } from './chart-theme'
import { logTicksOf } from './scales'
import type { ScatterGroup, ScatterPlot, ScatterPoint } from './scatter'
import type { Values } from './series'
import { interleave, type SeriesView } from './series-option'

/** Points above which they are drawn without one shape each. */
const largeThreshold = 2000
/** Intervals that are drawn; of more none could be told apart. */
const mostIntervals = 400

/** A place in a scatter, in its own units. */
export interface Place {
  x: number
  y: number
}

/** The colour of a group: its own place in the palette, or its position among the groups. */
export function groupColour(plot: ScatterPlot, group: number, theme: ChartTheme): string {
  return theme.palette[(plot.groups[group]?.colour ?? group) % theme.palette.length] ?? theme.text
}

/**
 * A scatter as an ECharts option.
 *
 * @param marked Places that are pointed at elsewhere.
 */
export function scatterOption(
  plot: ScatterPlot,
  view: SeriesView,
  theme: ChartTheme,
  use: ChartUse & { marked?: readonly Place[]; tooltip?: (point: ScatterPoint) => HTMLElement },
): ChartOption {
  const shown = plot.groups.filter(({ id }) => !view.hidden.has(id))
  const count = shown.reduce((sum, { x }) => sum + x.length, 0)
  const horizontal = valueAxis(plot.x, view.logX ? ticksOf(plot, view, 'x') : null, theme)
  const vertical = valueAxis(plot.y, view.logY ? ticksOf(plot, view, 'y') : null, theme)
  return {
    ...chartGround(plot.title, shown.length > 1 ? 'shapes' : 'no', theme, use),
    tooltip: {
      ...tooltipLook(theme, use),
      trigger: 'item',
      formatter: (hits) => {
        const hit = Array.isArray(hits) ? hits[0] : hits
        const group = plot.groups.findIndex(({ id }) => id === hit?.seriesId)
        const index = hit?.dataIndex ?? 0
        return group < 0 ? '' : (use.tooltip?.({ group, index }) ?? '')
      },
    },
    xAxis: { ...horizontal, splitLine: { ...horizontal.splitLine, show: true } },
    yAxis: { ...vertical, nameRotate: 90 },
    series: [
      ...(plot.diagonal === true ? [diagonalLine(theme)] : []),
      ...plot.groups.flatMap((group, position) =>
        group.spread === undefined || view.hidden.has(group.id)
          ? []
          : [intervals(group, group.spread, view, groupColour(plot, position, theme))],
      ),
      ...plot.groups.flatMap((group, position): ScatterSeriesOption[] =>
        view.hidden.has(group.id)
          ? []
          : [
              {
                type: 'scatter',
                id: group.id,
                name: group.name,
                dimensions: ['x', 'y'],
                data: interleave(group, view.logX, view.logY),
                symbolSize: count > largeThreshold ? 3 : count > 100 ? 6 : 9,
                large: group.x.length > largeThreshold,
                itemStyle: {
                  color: groupColour(plot, position, theme),
                  opacity: count > largeThreshold ? 0.45 : 0.85,
                },
              },
            ],
      ),
      ...rings(placesOf(plot, view, plot.chosen ?? null), view, 'chosen', theme),
      ...rings(use.marked ?? [], view, 'marked', theme),
    ],
  }
}

/** Where a point lies; nowhere while its group is switched off. */
export function placesOf(plot: ScatterPlot, view: SeriesView, point: ScatterPoint | null): Place[] {
  const group = point === null ? undefined : plot.groups[point.group]
  if (point === null || group === undefined || view.hidden.has(group.id)) return []
  return [{ x: group.x[point.index] ?? Number.NaN, y: group.y[point.index] ?? Number.NaN }]
}

/** Rings around places. */
function rings(
  places: readonly Place[],
  view: SeriesView,
  id: 'chosen' | 'marked',
  theme: ChartTheme,
): ScatterSeriesOption[] {
  if (places.length === 0) return []
  const chosen = id === 'chosen'
  const values = { x: places.map(({ x }) => x), y: places.map(({ y }) => y) }
  return [
    {
      type: 'scatter',
      id,
      silent: true,
      z: 5,
      dimensions: ['x', 'y'],
      data: interleave(values, view.logX, view.logY),
      symbol: 'circle',
      symbolSize: chosen ? 18 : 14,
      itemStyle: { color: 'transparent', borderColor: theme.text, borderWidth: chosen ? 2 : 1.5 },
      label: { show: chosen, formatter: 'chosen', position: 'top', color: theme.text, fontSize: 12 },
    },
  ]
}

/** Thin upright lines around the points, evenly thinned where there are many; they move no axis. */
function intervals(
  { id, x, y }: ScatterGroup,
  spread: Values,
  { logX, logY }: SeriesView,
  colour: string,
): CustomSeriesOption {
  const step = Math.max(1, Math.ceil(x.length / mostIntervals))
  const data = Array.from({ length: Math.ceil(x.length / step) }, (_, place) => {
    const at = place * step
    const [middle, half] = [y[at] ?? Number.NaN, spread[at] ?? Number.NaN]
    return [x[at] ?? Number.NaN, middle - half, middle + half]
  }).filter(([across = 0, low = 0]) => Number.isFinite(low) && !(logX && across <= 0) && !(logY && low <= 0))
  return {
    type: 'custom',
    id: `${id}-intervals`,
    silent: true,
    clip: true,
    z: 1,
    data,
    encode: { x: -1, y: -1 },
    renderItem: (_, api) => {
      const [x1 = 0, y1 = 0] = api.coord([api.value(0), api.value(1)])
      const [, y2 = 0] = api.coord([api.value(0), api.value(2)])
      return { type: 'line', shape: { x1, y1, x2: x1, y2 }, style: { stroke: colour, opacity: 0.25 } }
    },
  }
}

/** The line on which both quantities agree, from one side of the chart to the other. */
function diagonalLine(theme: ChartTheme): CustomSeriesOption {
  return {
    type: 'custom',
    id: 'diagonal',
    silent: true,
    clip: true,
    z: 1,
    data: [[0, 0]],
    // The axes reach as far as the points do, whatever the line does.
    encode: { x: -1, y: -1 },
    renderItem: (params, api) => {
      const { x, y, width, height } = params.coordSys as unknown as Record<
        'x' | 'y' | 'width' | 'height',
        number
      >
      const [left = 0, bottom = 0] = api.coord([0, 0])
      const [right = 0, top = 0] = api.coord([1, 1])
      // Drawn through two points of it and beyond the chart, then cut.
      const reach = (width + height) / Math.max(1e-9, Math.abs(right - left))
      const [dx, dy] = [(right - left) * reach, (top - bottom) * reach]
      return {
        type: 'line',
        shape: { x1: left - dx, y1: bottom - dy, x2: left + dx, y2: bottom + dy },
        style: { stroke: theme.quietText, lineWidth: 1.25, lineDash: [5, 4] },
        clipPath: { type: 'rect', shape: { x, y, width, height } },
      }
    },
  }
}

function ticksOf(plot: ScatterPlot, view: SeriesView, axis: 'x' | 'y'): number[] {
  return logTicksOf(plot.groups.filter(({ id }) => !view.hidden.has(id)).map((group) => group[axis]))
}
