import { describe, expect, it } from 'vitest'
import { evenPixels, rootMeanSquareDifference } from './agreement'

describe('agreement with the truth', () => {
  it('is measured where both have a value', () => {
    expect(rootMeanSquareDifference([1, 2, Number.NaN], [1, 4, 9])).toBeCloseTo(Math.sqrt(2))
    expect(rootMeanSquareDifference([Number.NaN], [1])).toBeNaN()
  })

  it('is drawn at pixels that lie evenly', () => {
    expect([...evenPixels(5)]).toEqual([0, 1, 2, 3, 4])
    expect([...evenPixels(10, 4)]).toEqual([0, 3, 6, 9])
  })
})
