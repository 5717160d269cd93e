import { describe, expect, it } from 'vitest'
import { colourIndex, colourTable } from '../../shared/colour-maps'
import { paintPlane, planeOf, planeStatistics } from './plane'

const scale = { colourMap: 'viridis', low: 0, high: 1 } as const

describe('paintPlane', () => {
  it('paints what the colour bar says, and leaves what is missing transparent', () => {
    const values = Float64Array.from([0, 0.5, 1, Number.NaN, -3, 7, Number.POSITIVE_INFINITY])
    const pixels = new Uint8ClampedArray(values.length * 4)
    paintPlane({ values, lines: 1, samples: values.length }, scale, pixels)
    const table = colourTable('viridis')
    const expected = [0, 0.5, 1, null, 0, 1, null].flatMap((value) => {
      if (value === null) return [0, 0, 0, 0]
      const entry = colourIndex(value, 0, 1) * 3
      return [...table.slice(entry, entry + 3), 255]
    })
    expect([...pixels]).toEqual(expected)
  })
})

describe('planes', () => {
  it('are views of one entry of the first axis', () => {
    const values = Float64Array.from({ length: 12 }, (_, index) => index)
    const plane = planeOf(values, 2, 3, 1)
    expect([...plane.values]).toEqual([6, 7, 8, 9, 10, 11])
    expect(plane.values.buffer).toBe(values.buffer)
  })

  it('have statistics over their finite values', () => {
    const plane = { values: Float64Array.from([1, 3, Number.NaN]), lines: 1, samples: 3 }
    expect(planeStatistics(plane)).toEqual({
      minimum: 1,
      maximum: 3,
      mean: 2,
      standardDeviation: 1,
      finite: 2,
      missing: 1,
    })
    expect(planeStatistics({ values: new Float64Array([Number.NaN]), lines: 1, samples: 1 }).mean).toBeNull()
  })
})
