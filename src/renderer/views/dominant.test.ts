import { describe, expect, it } from 'vitest'
import { belowThreshold, classColours, dominantClasses, noClass, paintClasses, rgbOf } from './dominant'

const nan = Number.NaN
/** Two maps of four pixels. */
const maps = Float64Array.from([0.7, 0.4, nan, 0.5, 0.3, 0.45, nan, 0.5])

describe('the dominant material', () => {
  it('is the largest map of a pixel; ties go to the first, NaN to nobody', () => {
    const { classes, shares } = dominantClasses(maps, 2, 0)
    expect([...classes]).toEqual([0, 1, noClass, 0])
    expect([...shares]).toEqual([2 / 3, 1 / 3])
  })

  it('is nobody below the threshold', () => {
    const { classes, shares, below } = dominantClasses(maps, 2, 0.5)
    expect([...classes]).toEqual([0, belowThreshold, noClass, 0])
    expect(shares[1]).toBe(0)
    expect(below).toBeCloseTo(1 / 3)
  })

  it('is painted in its colour', () => {
    const pixels = new Uint8ClampedArray(16)
    paintClasses(
      Int16Array.from([0, belowThreshold, noClass, 1]),
      [
        [255, 0, 0],
        [0, 0, 255],
      ],
      [9, 9, 9],
      pixels,
    )
    expect([...pixels]).toEqual([255, 0, 0, 255, 9, 9, 9, 255, 0, 0, 0, 0, 0, 0, 255, 255])
  })

  it('has a colour of its own beyond the palette', () => {
    const colours = classColours([rgbOf('rgb(200, 0, 0)'), rgbOf('rgb(0, 100, 0)')], [255, 255, 255], 4)
    expect(new Set(colours.map(String)).size).toBe(4)
  })
})
