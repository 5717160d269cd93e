import { expect, test } from 'vitest'
import { choiceOf, sliceLine } from './slices'

test('choices count through the levels in C order', () => {
  expect(choiceOf([], 5)).toBe(0)
  expect(choiceOf([2, 3], 5)).toBe(13)
})

test('a line is read from its input and choice', () => {
  const shape = [2, 3, 2, 3]
  const values = Float64Array.from({ length: 36 }, (_, index) => index)
  expect(sliceLine({ values, shape, range: null }, 1, 2)).toEqual({
    x: [30, 33],
    y: [31, 34],
    spread: [32, 35],
  })
})
