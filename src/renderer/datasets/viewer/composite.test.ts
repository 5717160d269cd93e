import { describe, expect, it } from 'vitest'
import { bandStatistics, gammaTable, paintComposite, quantile } from './composite'

const plane = (values: number[]) => ({ values: Float32Array.from(values), lines: 1, samples: values.length })

describe('bandStatistics', () => {
  it('finds ends and percentiles, and leaves out what is not finite', () => {
    const values = Float32Array.from([...Array.from({ length: 101 }, (_, index) => index), NaN, Infinity])
    const statistics = bandStatistics(values)
    expect(statistics).toMatchObject({ minimum: 0, maximum: 100, low: 2, high: 98 })
    expect(statistics.histogram.reduce((sum, count) => sum + count, 0)).toBe(101)
  })

  it('has an answer for a band without any value', () => {
    expect(bandStatistics(Float32Array.of(NaN, NaN))).toMatchObject({ minimum: 0, maximum: 1 })
  })

  it('samples a large band evenly and still sees its extremes', () => {
    const values = Float32Array.from({ length: 1_000_000 }, (_, index) => index / 1_000_000)
    values[777_777] = 9
    const statistics = bandStatistics(values)
    expect(statistics.maximum).toBe(9)
    expect(statistics.low).toBeCloseTo(0.02, 3)
    expect(statistics.high).toBeCloseTo(0.98, 3)
  })
})

describe('quantile', () => {
  it('interpolates between neighbours', () => {
    expect(quantile(Float32Array.of(0, 1), 0.5)).toBe(0.5)
    expect(quantile(new Float32Array(0), 0.5)).toBe(0)
  })
})

describe('gammaTable', () => {
  it('is linear at one, and brighter above', () => {
    const linear = gammaTable(1)
    expect([linear[0], linear.at(-1)]).toEqual([0, 255])
    expect(gammaTable(2)[256]).toBeGreaterThan(linear[256] ?? 0)
  })
})

describe('paintComposite', () => {
  it('stretches each band between its ends and hides pixels without a value', () => {
    const pixels = new Uint8ClampedArray(4 * 4)
    paintComposite(
      [
        { plane: plane([0, 1, 2, NaN]), low: 0, high: 1 },
        { plane: plane([0, 5, 10, 1]), low: 0, high: 10 },
        { plane: plane([-1, -1, 3, 1]), low: -1, high: 3 },
      ],
      1,
      pixels,
    )
    expect([...pixels.subarray(0, 4)]).toEqual([0, 0, 0, 255])
    expect([...pixels.subarray(4, 8)]).toEqual([255, 127, 0, 255])
    expect([...pixels.subarray(8, 12)]).toEqual([255, 255, 255, 255])
    expect(pixels[15]).toBe(0)
  })

  it('paints a band of one value as black, not as noise', () => {
    const pixels = new Uint8ClampedArray(4)
    const band = { plane: plane([3]), low: 3, high: 3 }
    paintComposite([band, band, band], 1, pixels)
    expect([...pixels]).toEqual([0, 0, 0, 255])
  })
})
