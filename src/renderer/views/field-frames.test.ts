import { expect, test } from 'vitest'
import type { Axis } from '../../shared/array'
import { firstField, nextFrame, playedAxis } from './field-frames'

function axis(name: string, size: number, labels: string[] | null = null): Axis {
  return { name, size, unit: null, coordinates: null, labels }
}

const moving = [axis('time', 5), axis('x', 8), axis('y', 6), axis('z', 4)]

test('a field opens with its last two axes, at the beginning of time and in the middle of space', () => {
  expect(firstField(moving)).toEqual({ rows: 2, columns: 3, at: [0, 3, 2, 1] })
  expect(firstField([axis('part', 2, ['real', 'imaginary']), axis('x', 8), axis('y', 6)]).at[0]).toBe(0)
})

test('time is played, else the first axis that is held and moves', () => {
  expect(playedAxis(moving, [0, 1])).toBe(0)
  expect(playedAxis(moving, [1])).toBe(1)
  expect(playedAxis([axis('system', 1), axis('x', 3), axis('y', 3)], [0])).toBeNull()
  expect(nextFrame(moving, [4, 0, 0, 0], 0)).toBe(0)
  expect(nextFrame(moving, [1, 0, 0, 0], 0)).toBe(2)
})
