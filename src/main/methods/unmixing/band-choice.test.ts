import { describe, expect, test } from 'vitest'
import { cubeOf, rawSource } from '../../../../test/measurement/scene'
import { keptBands, parseBandRanges } from './band-choice'

const { dataset } = cubeOf(rawSource('scene.raw', 'float32', [2, 2, 8]))

describe('bands that are left out', () => {
  test('ranges are read with and without spaces, in any order', () => {
    expect([...parseBandRanges(' 5-6,0 ; 2 – 3', 8)].toSorted()).toEqual([0, 2, 3, 5, 6])
    expect(parseBandRanges('', 8).size).toBe(0)
  })

  test('both choices add up, and null means all', () => {
    const goodBands = [true, true, false, true, true, true, true, true]
    const choice = { useGoodBands: true, leaveOutBands: '5-7' }
    expect(keptBands({ ...dataset, goodBands }, choice)).toEqual([0, 1, 3, 4])
    expect(keptBands({ ...dataset, goodBands }, { ...choice, useGoodBands: false })).toEqual([0, 1, 2, 3, 4])
    expect(keptBands(dataset, { useGoodBands: true, leaveOutBands: '' })).toBeNull()
  })

  test.each([
    ['3-1', /'3-1' is not a band/],
    ['one', /'one' is not a band/],
    ['-2', /'-2' is not a band/],
    ['6-8', /Band 8 is not in the cube, which has 8 bands, 0 to 7/],
    ['0-7', /No band .* is left/],
  ])('%s is refused in a sentence', (leaveOutBands, says) => {
    expect(() => keptBands(dataset, { useGoodBands: true, leaveOutBands })).toThrow(says)
  })
})
