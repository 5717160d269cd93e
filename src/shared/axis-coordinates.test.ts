import { describe, expect, test } from 'vitest'
import { coordinatesText, parseCoordinates } from './axis-coordinates'

describe('coordinates as text', () => {
  test.each([
    ['', 3, null],
    ['400:2.5', 3, [400, 402.5, 405]],
    ['0:0.1', 4, [0, 0.1, 0.2, 0.3]],
    ['1:-1', 3, [1, 0, -1]],
    ['1, 10, 100', 3, [1, 10, 100]],
  ])('%j for %d entries is %j', (text, size, coordinates) => {
    expect(parseCoordinates(text, size)).toEqual({ coordinates, problem: null })
  })

  test.each([
    ['0:0', 3, /step is not 0/],
    ['a:1', 3, /no start and step/],
    ['1, 2', 3, /2 numbers for 3 entries/],
    ['1, two, 3', 3, /“two” is no number/],
  ])('%j is refused', (text, size, says) => {
    expect(parseCoordinates(text, size).problem).toMatch(says)
  })

  test.each([[null], [[400, 402.5, 405]], [[1, 10, 100]], [[7]], [[5, 5, 5]], [[0, 0.1, 0.2, 0.3]]])(
    '%j is read back from its text',
    (coordinates) => {
      expect(parseCoordinates(coordinatesText(coordinates), coordinates?.length ?? 3)).toEqual({
        coordinates,
        problem: null,
      })
    },
  )

  test('says an even grid shortly', () => {
    expect(coordinatesText([400, 402.5, 405])).toBe('400:2.5')
  })
})
