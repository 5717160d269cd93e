import { visibleText } from '../escape'
import { inkColour } from './svg-chart'

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

/** The colour of the thing with this number; they repeat after eight. */
export function lineColour(index: number): string {
  return lineColours[index % lineColours.length] ?? lineColours[0]
}

/** Longest name beside a line or an axis; the caption and the table have it whole. */
const longestLabel = 44

/** A name as a chart can show it. */
export function chartLabel(text: string): string {
  const visible = visibleText(text)
  return visible.length <= longestLabel ? visible : `${visible.slice(0, longestLabel - 1)}…`
}

/** A quantity along an axis. */
export interface ChartAxis {
  title: string
  logarithmic: boolean
}

const axisStyle = {
  nameTextStyle: { color: inkColour, fontSize: 12 },
  axisLabel: { color: inkColour, fontSize: 11, formatter: axisLabel, hideOverlap: true },
  axisLine: { show: true, onZero: false, lineStyle: { color: inkColour, opacity: 0.55 } },
  axisTick: { show: true, lineStyle: { color: inkColour, opacity: 0.55 } },
  splitLine: { show: true, lineStyle: { color: inkColour, opacity: 0.12 } },
}

/** The axis under a chart. */
export function horizontalAxis({ title, logarithmic }: ChartAxis) {
  return {
    type: logarithmic ? 'log' : 'value',
    scale: true,
    name: chartLabel(title),
    nameLocation: 'middle',
    nameGap: 30,
    ...axisStyle,
  }
}

/** The axis beside a chart. */
export function verticalAxis({ title, logarithmic }: ChartAxis) {
  return { ...horizontalAxis({ title, logarithmic }), nameGap: 56 }
}

/** Ends of an axis that lie where the data do: no round numbers, so they are not written. */
export function fixedEnds<Axis extends { axisLabel: object }>(axis: Axis, min: number, max: number) {
  return { ...axis, min, max, axisLabel: { ...axis.axisLabel, showMinLabel: false, showMaxLabel: false } }
}

/** An axis of named things. */
export function nameAxis(names: readonly string[]) {
  return {
    type: 'category',
    data: names.map(chartLabel),
    ...axisStyle,
    axisLabel: { color: inkColour, fontSize: 11, interval: 0 },
    axisTick: { show: false },
    splitLine: { show: false },
  }
}

/** ECharts would write 1e-7 as 1e-7 and 100000 as 100,000: one form for both. */
function axisLabel(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e6))
    return Number(value.toPrecision(12)).toExponential().replace('e+', 'e').replaceAll('-', '−')
  return String(Number(value.toPrecision(12))).replace('-', '−')
}

/** Height of a row of a legend. */
const legendRow = 22

/** Rows a legend of these names takes, and its options: nothing for a single name. */
export function chartLegend(names: readonly string[], width: number, asLines: boolean) {
  const length = names.reduce((total, name) => total + 26 + 22 + chartLabel(name).length * 7, 0)
  const rows = names.length > 1 ? Math.ceil(length / (width - 80)) : 0
  return {
    height: rows * legendRow,
    option: {
      show: rows > 0,
      top: 0,
      left: 60,
      right: 10,
      itemGap: 16,
      ...(asLines ? { itemWidth: 26, itemStyle: { opacity: 0 } } : { itemWidth: 12, itemHeight: 12 }),
      textStyle: { color: inkColour, fontSize: 12 },
      data: names.map((name) => ({ name: chartLabel(name) })),
    },
  }
}

/** Margins around the drawing, under a legend of some height. */
export function chartGrid(legendHeight: number) {
  return { left: 76, right: 18, top: 14 + legendHeight, bottom: 50, containLabel: false }
}

/** Every one of some places, or evenly picked ones with the last. */
export function evenPlaces(count: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(count / most))
  const places = Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step)
  if (count > 0 && (count - 1) % step !== 0) places.push(count - 1)
  return places
}
