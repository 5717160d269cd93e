import { describe, expect, it } from 'vitest'
import { barOption, barsLie } from './bar-option'
import { barTable, type BarPlot } from './bars'
import type { ChartTheme } from './chart-theme'
import { pointsFromLeft, type ScatterPlot } from './scatter'
import { placesOf, scatterOption } from './scatter-option'

const theme: ChartTheme = {
  text: '#111',
  quietText: '#666',
  line: '#ddd',
  surface: '#fff',
  palette: ['#a00', '#0a0'],
  font: 'Inter',
}
const plot: ScatterPlot = {
  title: 'Restarts',
  x: { name: 'Fit', unit: null },
  y: { name: 'Score', unit: null },
  groups: [
    { id: 'a', name: 'A', x: [3, 1, Number.NaN], y: [1, 2, 3] },
    { id: 'b', name: 'B', x: [2], y: [4] },
  ],
  chosen: { group: 0, index: 1 },
  tell: () => ({ name: '', values: [] }),
  table: () => ({ header: [], rows: [] }),
}
const view = { logX: false, logY: false, hidden: new Set<string>() }
const idsOf = (option: ReturnType<typeof scatterOption>) =>
  (Array.isArray(option.series) ? option.series : [option.series]).map((series) => series?.id)

describe('a scatter', () => {
  it('is walked from left to right, without what cannot be drawn', () => {
    expect(pointsFromLeft(plot, new Set())).toEqual([
      { group: 0, index: 1 },
      { group: 1, index: 0 },
      { group: 0, index: 0 },
    ])
    expect(pointsFromLeft(plot, new Set(['a']))).toEqual([{ group: 1, index: 0 }])
  })

  it('rings the chosen point and what is pointed at, while they are seen', () => {
    const marked = placesOf(plot, view, { group: 1, index: 0 })
    expect(marked).toEqual([{ x: 2, y: 4 }])
    expect(idsOf(scatterOption(plot, view, theme, { file: false, marked }))).toEqual([
      'a',
      'b',
      'chosen',
      'marked',
    ])
    expect(idsOf(scatterOption(plot, { ...view, hidden: new Set(['a']) }, theme, { file: false }))).toEqual([
      'b',
    ])
  })

  it('has a diagonal where both quantities are the same', () => {
    expect(idsOf(scatterOption({ ...plot, diagonal: true }, view, theme, { file: true }))[0]).toBe('diagonal')
  })
})

describe('bars', () => {
  const bars: BarPlot = {
    title: 'Counts',
    item: { name: 'Rule', unit: null },
    value: { name: 'Endmembers', unit: null },
    items: ['HySime', 'HFC'],
    parts: [{ id: 'p', name: 'Count', values: [4, Number.NaN], spread: [1, 0] }],
  }

  it('leave out what has no value, and lie where names are long', () => {
    const { series } = barOption(bars, { log: false, hidden: new Set() }, theme, { file: false })
    expect(Array.isArray(series) ? series[0] : null).toMatchObject({ type: 'bar', data: [4, '-'] })
    expect(barsLie(bars)).toBe(false)
    expect(barsLie({ ...bars, items: Array.from({ length: 9 }, () => 'a rather long name') })).toBe(true)
  })

  it('are a table with their deviations', () => {
    expect(barTable(bars)).toEqual({
      header: ['Rule', 'Count', 'Count, deviation'],
      rows: [
        ['HySime', 4, 1],
        ['HFC', null, 0],
      ],
    })
  })
})
