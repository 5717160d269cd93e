import { describe, expect, it } from 'vitest'
import { exampleDataset } from '../testing/examples'
import { columnOf, componentNames, lengthRatio } from './components'

const matched = (matching: (number | null)[]) => ({
  scoreCard: { title: '', rules: [], columns: [], rows: [], matching, metrics: [] },
})

describe('componentNames', () => {
  it('takes the name of the truth a component was matched with', () => {
    const names = componentNames(3, matched([2, 0]), exampleDataset({ truth: true }), null)
    expect(names).toEqual([
      { title: '1 · water', truth: 1 },
      { title: 'Component 2', truth: null },
      { title: '3 · soil', truth: 0 },
    ])
  })

  it('falls back to labels, then to numbers', () => {
    expect(componentNames(2, { scoreCard: null }, null, ['tree'])).toEqual([
      { title: '1 · tree', truth: null },
      { title: 'Component 2', truth: null },
    ])
  })
})

describe('spectra', () => {
  it('are columns of a (bands, p) array', () => {
    expect([...columnOf([1, 2, 3, 4, 5, 6], 2, 1)]).toEqual([2, 4, 6])
  })

  it('are brought to one length over shared bands', () => {
    expect(lengthRatio([3, 4, Number.NaN], [0.6, 0.8, 9])).toBeCloseTo(5)
    expect(lengthRatio([1], [0])).toBe(1)
  })
})
