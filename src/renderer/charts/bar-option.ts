import type { BarSeriesOption, CustomSeriesOption } from 'echarts/charts'
import { formatNumber, formatQuantity } from '../../shared/numbers'
import type { BarPlot } from './bars'
import {
  axisLook,
  chartGround,
  tooltipBox,
  tooltipLook,
  type ChartOption,
  type ChartUse,
} from './chart-parts'
import type { ChartTheme } from './chart-theme'

/** Points of the page an item takes, so that every label can be read. */
const itemHeight = 26
const axisRoom = 56

/** Long names are read better from left to right: their bars lie. */
export function barsLie(plot: BarPlot): boolean {
  const longest = plot.items.reduce((most, item) => Math.max(most, item.length), 0)
  return plot.items.length * longest > 96
}

/** Points of the page the bars take: as many as their names need where they lie. */
export function barsHeight(plot: BarPlot, standing: number): number {
  if (!barsLie(plot)) return standing
  return axisRoom + plot.items.length * Math.max(itemHeight, 12 * plot.parts.length)
}

/** Where bars on a logarithmic axis begin: the power of ten below all of them. Else they would hang from one. */
function logStart(parts: readonly BarPlot['parts'][number][]): { min?: number; startValue?: number } {
  const smallest = parts
    .flatMap(({ values }) => Array.from(values))
    .reduce((least, value) => (value > 0 && value < least ? value : least), Infinity)
  if (!Number.isFinite(smallest)) return {}
  const start = 10 ** (Math.ceil(Math.log10(smallest)) - 1)
  return { min: start, startValue: start }
}

/** Bars as an ECharts option. */
export function barOption(
  plot: BarPlot,
  view: { log: boolean; hidden: ReadonlySet<string> },
  theme: ChartTheme,
  use: ChartUse,
): ChartOption {
  const lying = barsLie(plot)
  const shown = plot.parts
    .map((part, position) => ({ part, colour: theme.palette[position % theme.palette.length] ?? theme.text }))
    .filter(({ part }) => !view.hidden.has(part.id))
  const items = {
    ...axisLook(plot.item, theme),
    type: 'category' as const,
    data: [...plot.items],
    inverse: lying,
    axisTick: { show: false },
    axisLabel: {
      color: theme.quietText,
      fontSize: 11,
      ...(lying ? { width: 220, overflow: 'truncate' as const } : {}),
    },
    ...(lying ? { name: '' } : {}),
  }
  const values = {
    ...axisLook(plot.value, theme),
    type: view.log ? ('log' as const) : ('value' as const),
    axisLabel: {
      color: theme.quietText,
      fontSize: 11,
      hideOverlap: true,
      formatter: (value: number) => formatNumber(value, 5),
    },
    splitLine: { lineStyle: { color: theme.line, opacity: 0.6 } },
    ...(lying ? {} : { nameRotate: 90 }),
    ...(view.log ? logStart(shown.map(({ part }) => part)) : {}),
  }
  return {
    ...chartGround(plot.title, shown.length > 1 ? 'shapes' : 'no', theme, use),
    tooltip: {
      ...tooltipLook(theme, use),
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      formatter: (hits) => {
        const index = (Array.isArray(hits) ? hits[0] : hits)?.dataIndex ?? 0
        return tooltipBox(plot.items[index] ?? '', barRows(plot, index, view.hidden, theme))
      },
    },
    xAxis: lying ? values : items,
    yAxis: lying ? items : values,
    series: shown.flatMap(({ part, colour }) => {
      if (part.reference === true) return [referenceBand(part, lying, theme)]
      const bars: BarSeriesOption = {
        type: 'bar',
        id: part.id,
        name: part.name,
        // An empty entry, not NaN, is what leaves a bar out.
        data: Array.from(part.values, (value) =>
          Number.isFinite(value) && !(view.log && value <= 0) ? value : '-',
        ),
        itemStyle: { color: colour, borderRadius: 2 },
        barMaxWidth: 36,
      }
      // Beside each other, bars of several parts have no place that whiskers could be drawn at for certain.
      if (part.spread === undefined || shown.length > 1) return [bars]
      return [bars, whiskers(part.id, part.values, part.spread, lying, theme)]
    }),
  }
}

/** What is told of an item. */
export function barRows(plot: BarPlot, index: number, hidden: ReadonlySet<string>, theme: ChartTheme) {
  return plot.parts.flatMap(({ id, name, values, spread }, position) => {
    if (hidden.has(id)) return []
    const deviation = spread?.[index]
    const value = formatQuantity(values[index] ?? null, plot.value.unit, 5)
    return [
      {
        colour: theme.palette[position % theme.palette.length] ?? theme.text,
        name,
        value: deviation === undefined ? value : `${value} ± ${formatNumber(deviation, 3)}`,
      },
    ]
  })
}

/** The deviation of every bar as a line across its end. */
function whiskers(
  id: string,
  values: ArrayLike<number>,
  spread: ArrayLike<number>,
  lying: boolean,
  theme: ChartTheme,
): CustomSeriesOption {
  return {
    type: 'custom',
    id: `${id}:deviation`,
    silent: true,
    z: 4,
    encode: lying ? { y: 0, x: [1, 2] } : { x: 0, y: [1, 2] },
    data: Array.from({ length: values.length }, (_, index) => {
      const half = Math.abs(spread[index] ?? 0)
      const value = values[index] ?? Number.NaN
      return [index, value - half, value + half]
    }),
    renderItem: (_, api) => {
      const place = Number(api.value(0))
      const end = (value: number) => api.coord(lying ? [value, place] : [place, value])
      const [x1 = 0, y1 = 0] = end(Number(api.value(1)))
      const [x2 = 0, y2 = 0] = end(Number(api.value(2)))
      return { type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: theme.text, lineWidth: 1.5 } }
    },
  }
}

/** What is to be expected of every item: a line across its place, and the band that holds 95 % of what may be found. */
function referenceBand(
  { id, name, values, spread }: BarPlot['parts'][number],
  lying: boolean,
  theme: ChartTheme,
): CustomSeriesOption {
  return {
    type: 'custom',
    id,
    name,
    silent: true,
    z: 1,
    encode: lying ? { y: 0, x: [1, 2, 3] } : { x: 0, y: [1, 2, 3] },
    data: Array.from({ length: values.length }, (_, index) => {
      const value = values[index] ?? Number.NaN
      const half = 1.96 * Math.abs(spread?.[index] ?? 0)
      return [index, Math.max(0, value - half), value, value + half]
    }),
    renderItem: (_, api) => {
      const place = Number(api.value(0))
      const end = (value: number) => api.coord(lying ? [value, place] : [place, value])
      const [low = [], middle = [], high = []] = [1, 2, 3].map((column) => end(Number(api.value(column))))
      const size = api.size?.(lying ? [0, 1] : [1, 0]) ?? [0, 0]
      const half = 0.5 * Number(Array.isArray(size) ? size[lying ? 1 : 0] : size)
      const [across, along] = lying ? [1, 0] : [0, 1]
      const corner = (end: number[], side: number): [number, number] => {
        const at = (end[across] ?? 0) + side * half
        return lying ? [end[along] ?? 0, at] : [at, end[along] ?? 0]
      }
      const [x1, y1] = corner(middle, -1)
      const [x2, y2] = corner(middle, 1)
      return {
        type: 'group',
        children: [
          {
            type: 'polygon',
            shape: { points: [corner(low, -1), corner(low, 1), corner(high, 1), corner(high, -1)] },
            style: { fill: theme.quietText, opacity: 0.2 },
          },
          {
            type: 'line',
            shape: { x1, y1, x2, y2 },
            style: { stroke: theme.quietText, lineWidth: 1.5, lineDash: [5, 4] },
          },
        ],
      }
    },
  }
}
