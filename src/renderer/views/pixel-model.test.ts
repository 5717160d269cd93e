import { describe, expect, it } from 'vitest'
import { fitToPixel, mixture } from './pixel-model'

const nan = Number.NaN

describe('the model of a pixel', () => {
  it('is the sum of the endmembers by their abundances', () => {
    expect([...mixture([1, 10, 2, 20], [0.5, 0.1], 2)]).toEqual([1.5, 3])
  })

  it('is brought to the scale of the pixel over the bands both have', () => {
    const { values, factor, offset } = fitToPixel(
      Float64Array.of(2, 4, nan, 99),
      Float64Array.of(1, 2, 3, nan),
      false,
    )
    expect(factor).toBeCloseTo(2)
    expect(offset).toBe(0)
    expect(values[2]).toBeCloseTo(6)
    expect(values[3]).toBeNaN()
  })

  it('is shifted too where pixels were', () => {
    const fitted = fitToPixel(Float64Array.of(5, 7, 9), Float64Array.of(0, 1, 2), true)
    expect(fitted.factor).toBeCloseTo(2)
    expect(fitted.offset).toBeCloseTo(5)
  })
})
