import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { largestEntries, shareOfSquares } from './core-entries'

describe('the largest entries of a core', () => {
  test('come with the indices of their components', () => {
    const values = [0, -5, 1, 0, 4, 2, 0, 0]
    const entries = largestEntries(values, [2, 2, 2], 2)
    expect(entries).toEqual([
      { indices: [1, 1, 2], value: -5 },
      { indices: [2, 1, 1], value: 4 },
    ])
    expect(shareOfSquares(entries, values)).toBeCloseTo(41 / 46)
    expect(shareOfSquares([], [0, 0])).toBe(0)
  })

  test('are those of a full sort', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 200 }), (values) => {
        const sorted = values
          .map((value, place) => ({ value, place }))
          .filter(({ value }) => value !== 0)
          .sort((one, other) => Math.abs(other.value) - Math.abs(one.value) || one.place - other.place)
        const found = largestEntries(values, [values.length], 3)
        expect(found.map(({ value }) => value)).toEqual(sorted.slice(0, 3).map(({ value }) => value))
      }),
    )
  })
})
