import { expect, test } from 'vitest'
import { patternPicture } from './pattern-plane'

const counts = { values: Float64Array.of(0, 1, 100, 4), shape: [1, 2, 2], range: null }

test('cells without entries stay open, counts are shown by their logarithm', () => {
  const { plane, scale } = patternPicture(counts, 'entries', true)
  expect([...plane.values]).toEqual([Number.NaN, 0, 2, Math.log10(4)])
  expect(scale).toMatchObject({ low: 0, high: 2 })
  expect(patternPicture(counts, 'entries', false).scale.high).toBe(100)
})

test('signs and mirror images are shares of the entries in a cell', () => {
  const array = { values: Float64Array.of(0, 2, 4, 1, 0, -2, 1, 1), shape: [2, 2, 2], range: null }
  expect([...patternPicture(array, 'sign', true).plane.values]).toEqual([Number.NaN, -1, 0.25, 1])
  expect(patternPicture(array, 'asymmetry', true).scale).toEqual({ colourMap: 'magma', low: 0, high: 1 })
})

test('an entry that is stored and zero has no size to show', () => {
  const array = { values: Float64Array.of(1, 1, 0, 10), shape: [2, 1, 2], range: null }
  expect([...patternPicture(array, 'magnitude', true).plane.values]).toEqual([Number.NaN, 1])
  expect([...patternPicture(array, 'magnitude', false).plane.values]).toEqual([0, 10])
})
