import type {
  BarSeriesOption,
  CustomSeriesOption,
  LineSeriesOption,
  ScatterSeriesOption,
} from 'echarts/charts'
import type {
  DataZoomComponentOption,
  GridComponentOption,
  LegendComponentOption,
  TitleComponentOption,
  TooltipComponentOption,
} from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import { axisTitle, formatNumber } from '../../shared/numbers'
import type { ChartTheme } from './chart-theme'
import type { AxisText } from './series'

/** Any chart of this window as ECharts takes it. */
export type ChartOption = ComposeOption<
  | LineSeriesOption
  | ScatterSeriesOption
  | BarSeriesOption
  | CustomSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | LegendComponentOption
  | DataZoomComponentOption
  | TitleComponentOption
>

/** Where a chart is drawn: a figure of a file brings its own title and legend, on the page both stand beside it. */
export interface ChartUse {
  file: boolean
}

/** Ground, title, legend and margins, the same for every chart. */
export function chartGround(
  title: string,
  named: 'lines' | 'shapes' | 'no',
  theme: ChartTheme,
  use: ChartUse,
): Pick<ChartOption, 'animation' | 'backgroundColor' | 'textStyle' | 'title' | 'legend' | 'grid'> {
  const texts = use.file
    ? {
        title: {
          text: title,
          left: 12,
          top: 8,
          textStyle: { fontSize: 14, fontWeight: 600 as const, color: theme.text },
        },
        ...(named !== 'no'
          ? {
              legend: {
                top: 32,
                left: 12,
                ...(named === 'lines'
                  ? { itemWidth: 30, itemStyle: { opacity: 0 } }
                  : { itemWidth: 12, itemHeight: 12 }),
                textStyle: { color: theme.text },
              },
            }
          : {}),
      }
    : {}
  return {
    animation: false,
    backgroundColor: use.file ? theme.surface : 'transparent',
    textStyle: { fontFamily: theme.font, color: theme.text },
    ...texts,
    // Names and labels lie inside these margins.
    grid: {
      left: 8,
      right: 16,
      top: use.file ? (named === 'no' ? 44 : 68) : 8,
      bottom: 8,
      outerBoundsMode: 'same',
      outerBoundsContain: 'all',
    },
  }
}

/** The look of the box that tells values. */
export function tooltipLook(theme: ChartTheme, use: ChartUse) {
  return {
    show: !use.file,
    confine: true,
    transitionDuration: 0,
    backgroundColor: theme.surface,
    borderColor: theme.line,
    textStyle: { color: theme.text, fontSize: 12 },
  }
}

/** The look of an axis, of values or of items. */
export function axisLook(text: AxisText, theme: ChartTheme) {
  return {
    name: axisTitle(text.name, text.unit),
    nameLocation: 'middle' as const,
    nameTextStyle: { color: theme.quietText, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: theme.line } },
  }
}

/**
 * An axis of values; `ticks` are the values a logarithmic one is divided at, null for a linear one. A logarithmic
 * axis is drawn as a linear one of decades.
 */
export function valueAxis(text: AxisText, ticks: readonly number[] | null, theme: ChartTheme) {
  const decades = ticks !== null && ticks.length > 1 ? ticks.map(Math.log10) : null
  const divisions = decades === null ? {} : { customValues: decades }
  return {
    ...axisLook(text, theme),
    type: 'value' as const,
    scale: true,
    ...(decades === null ? {} : { min: decades[0] ?? 0, max: decades.at(-1) ?? 0 }),
    axisLabel: {
      ...divisions,
      color: theme.quietText,
      fontSize: 11,
      hideOverlap: true,
      formatter: (value: number) => formatNumber(ticks === null ? value : 10 ** value, 5),
    },
    axisTick: { ...divisions, show: true, lineStyle: { color: theme.line } },
    splitLine: { ...divisions, lineStyle: { color: theme.line, opacity: 0.6 } },
  }
}

/** Zooming along x, by pinching, with the wheel and Ctrl, and by the keys of a chart. */
export const zoomAlongX = [
  {
    type: 'inside' as const,
    xAxisIndex: 0,
    filterMode: 'none' as const,
    zoomOnMouseWheel: 'ctrl' as const,
    moveOnMouseWheel: false,
  },
]

/** A line of a box that tells values: a swatch, a name, a value. */
export interface TooltipRow {
  colour: string | null
  name: string
  value: string
}

/** The box that tells values, as an element: no text of a file becomes markup. */
export function tooltipBox(head: string, rows: readonly TooltipRow[]): HTMLElement {
  const box = document.createElement('div')
  box.className = 'chart-tooltip'
  const title = document.createElement('strong')
  title.textContent = head
  box.append(title)
  for (const { colour, name, value } of rows) {
    const row = document.createElement('div')
    if (colour !== null) {
      const swatch = document.createElement('i')
      swatch.style.background = colour
      row.append(swatch)
    }
    const label = document.createElement('span')
    label.textContent = name
    const figure = document.createElement('b')
    figure.textContent = value
    row.append(label, figure)
    box.append(row)
  }
  return box
}
