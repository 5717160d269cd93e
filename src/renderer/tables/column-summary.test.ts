import { expect, test } from 'vitest'
import { summaryOf } from './column-summary'

test('numbers are counted, gaps are not', () => {
  const summary = summaryOf([1, Number.NaN, 3, 5])
  expect(summary).toMatchObject({ count: 3, missing: 1, mean: 3, deviation: 2, minimum: 1, maximum: 5 })
  expect(summary.constant).toBe(false)
  expect(summary.bins[0]).toBe(1)
  expect(summary.bins.at(-1)).toBe(1)
  expect(summary.bins.reduce((sum, bin) => sum + bin)).toBe(3)
})

test('a far offset does not spoil the deviation', () => {
  expect(summaryOf([1e9 + 1, 1e9 + 2, 1e9 + 3]).deviation).toBeCloseTo(1, 12)
})

test('a constant column and one without numbers are told', () => {
  expect(summaryOf([2, 2, 2])).toMatchObject({ constant: true, deviation: 0 })
  expect(summaryOf([Number.NaN])).toMatchObject({ count: 0, mean: null, constant: false })
})
