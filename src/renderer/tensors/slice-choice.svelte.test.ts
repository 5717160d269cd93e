import { describe, expect, test } from 'vitest'
import type { Axis } from '../../shared/array'
import { SliceChoice } from './slice-choice.svelte'

const axis = (name: string, size: number, coordinates: number[] | null = null): Axis => ({
  ...{ name, size, coordinates, labels: null },
  unit: coordinates === null ? null : 'nm',
})

describe('the choice of a slice', () => {
  const axes = [
    axis('sample', 4),
    axis(
      'excitation',
      60,
      Array.from({ length: 60 }, (_, i) => 250 + i),
    ),
    axis('time', 12),
  ]

  test('starts with the two largest modes, the others in the middle', () => {
    const choice = new SliceChoice(axes)
    expect(choice.request).toEqual({ rows: 1, columns: 2, at: [1, 29, 5] })
    expect(choice.held).toEqual([0])
    expect(choice.place).toBe('sample 1')
  })

  test('swaps modes that would be the same, and says where it stands', () => {
    const choice = new SliceChoice(axes)
    choice.choose('rows', 2)
    expect([choice.rows, choice.columns]).toEqual([2, 1])
    choice.choose('columns', 0)
    expect(choice.held).toEqual([1])
    choice.moveTo(1, 99)
    expect(choice.place).toBe('excitation 309 nm')
    choice.moveTo(1, -4)
    expect(choice.at[1]).toBe(0)
  })
})
