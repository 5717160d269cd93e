import { describe, expect, test } from 'vitest'
import { difference, placeOnAxis, rangeOfPlanes, rootMeanSquare, slicePlane, spreadOf } from './slice-plane'

const plane = (...values: number[]) => ({
  values: Float32Array.from(values),
  lines: 1,
  samples: values.length,
})

describe('planes of slices', () => {
  test('are drawn around zero where both sides matter', () => {
    expect(spreadOf(-35, 2773)).toBe('sequential')
    expect(spreadOf(-1, 2)).toBe('diverging')
    expect(spreadOf(null, null)).toBe('sequential')
  })

  test('are compared where both have values', () => {
    const residual = difference(plane(1, 2, Number.NaN), plane(0, 4, 1))
    expect([...residual.values]).toEqual([1, -2, Number.NaN])
    expect(rootMeanSquare(residual)).toBeCloseTo(Math.sqrt(2.5))
    expect(rootMeanSquare(plane(Number.NaN))).toBeNull()
    expect(rangeOfPlanes([plane(1, Number.NaN), plane(-3, 2)])).toEqual({ minimum: -3, maximum: 2 })
    expect(rangeOfPlanes([plane(Number.NaN)])).toBeNull()
  })

  test('keep their size, and say where an entry of a thinned one lies', () => {
    expect(slicePlane({ values: Float64Array.of(1, 2), shape: [2, 1], range: null })).toMatchObject({
      lines: 2,
      samples: 1,
    })
    const axis = {
      name: 'time',
      size: 10,
      unit: 's',
      coordinates: Array.from({ length: 10 }, (_, i) => i / 2),
      labels: null,
    }
    expect(placeOnAxis(axis, 5, 3)).toBe('time 3\u00a0s')
    expect(placeOnAxis({ ...axis, coordinates: null }, 10, 3)).toBe('time 3')
  })
})
