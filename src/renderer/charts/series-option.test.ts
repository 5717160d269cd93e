import { describe, expect, it } from 'vitest'
import type { ChartTheme } from './chart-theme'
import type { Series, SeriesPlot } from './series'
import {
  hiddenByLogarithm,
  interleave,
  nearestIndex,
  readoutAt,
  samplingThreshold,
  seriesData,
  seriesOption,
  type SeriesView,
} from './series-option'

const theme: ChartTheme = {
  text: '#111',
  quietText: '#666',
  line: '#ddd',
  surface: '#fff',
  palette: ['#a00', '#0a0'],
  font: 'Inter',
}
const plain: SeriesView = { logX: false, logY: false, hidden: new Set() }
const total: Series = { id: 'total', name: 'Total', x: [0, 1, 2], y: [4, Number.NaN, -1] }
const plot: SeriesPlot = {
  title: 'Objective',
  x: { name: 'Iteration', unit: null },
  y: { name: 'Objective', unit: 'J' },
  series: [total, { id: 'data', name: 'Data', x: [0, 1, 2], y: [3, 2, 1], dashed: true, colour: 0 }],
}

describe('interleave', () => {
  it('keeps gaps', () => {
    expect([...interleave(total, false, false)]).toEqual([0, 4, 1, Number.NaN, 2, -1])
  })

  it('leaves out what a logarithm cannot show, and says how much', () => {
    expect([...interleave(total, false, true)]).toEqual([0, Math.log10(4), 1, Number.NaN, 2, Number.NaN])
    expect(hiddenByLogarithm(plot, { ...plain, logY: true })).toBe(1)
    expect(hiddenByLogarithm(plot, { ...plain, logX: true })).toBe(2)
    expect(hiddenByLogarithm(plot, plain)).toBe(0)
  })
})

describe('seriesOption', () => {
  it('names axes with their units and switches them to logarithmic', () => {
    const option = seriesOption(plot, { ...plain, logY: true }, theme, { file: false })
    expect(option.yAxis).toMatchObject({ name: 'Objective (J)', min: 0 })
    expect(option.xAxis).toMatchObject({ name: 'Iteration' })
  })

  it('labels logarithmic axes with the values themselves, at powers of ten where there are decades', () => {
    const wide = { ...plot, series: [{ id: 'a', name: 'A', x: [0, 1], y: [1e-3, 10] }] }
    const { yAxis } = seriesOption(wide, { ...plain, logY: true }, theme, { file: false })
    const axis = Array.isArray(yAxis) ? yAxis[0] : yAxis
    const label = axis?.axisLabel?.formatter as unknown as (value: number) => string
    expect(axis).toMatchObject({ min: -3, max: 1, axisTick: { customValues: [-3, -2, -1, 0, 1] } })
    expect([label(-3), label(0), label(1)]).toEqual(['0.001', '1', '10'])
  })

  it('draws a reference dashed in the colour it belongs to and leaves hidden series out', () => {
    const [first, second] = seriesData(plot, plain, theme)
    expect(second?.lineStyle).toMatchObject({ color: '#a00', type: [5, 4] })
    expect(first?.connectNulls).toBe(false)
    expect(
      seriesData(plot, { ...plain, hidden: new Set(['total']) }, theme).map((series) => series.id),
    ).toEqual(['data'])
  })

  it('brings title and legend only into files', () => {
    expect(seriesOption(plot, plain, theme, { file: true })).toMatchObject({
      title: { text: 'Objective' },
      backgroundColor: '#fff',
    })
    const shown = seriesOption(plot, plain, theme, { file: false })
    expect(shown.title).toBeUndefined()
    expect(shown.legend).toBeUndefined()
  })

  it('thins only long lines', () => {
    const x = Float64Array.from({ length: samplingThreshold + 1 }, (_, index) => index)
    const long = { ...plot, series: [{ id: 'long', name: 'Long', x, y: x }] }
    expect(seriesData(long, plain, theme)[0]).toMatchObject({ sampling: 'lttb', showSymbol: false })
    expect(seriesData(plot, plain, theme)[0]?.sampling).toBeUndefined()
  })
})

describe('readout', () => {
  it('finds the nearest x in a rising array', () => {
    expect(nearestIndex([0, 1, 4], 2.4)).toBe(1)
    expect(nearestIndex([0, 1, 4], 2.6)).toBe(2)
    expect(nearestIndex([0, 1, 4], -9)).toBe(0)
    expect(nearestIndex([5], 3)).toBe(0)
  })

  it('reads every visible series', () => {
    expect(readoutAt(plot, plain, theme, 1.1)).toEqual([
      { name: 'Total', colour: '#a00', value: null, spread: null },
      { name: 'Data', colour: '#a00', value: 2, spread: null },
    ])
  })
})
