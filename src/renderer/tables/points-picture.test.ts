import { expect, test } from 'vitest'
import { paintPoints, rangeOfCloud } from './points-picture'

const picture = (width: number, height: number) =>
  ({ width, height, data: new Uint8ClampedArray(4 * width * height) }) as ImageData

test('points land where they belong, and gaps nowhere', () => {
  const cloud = { x: [0, 1, Number.NaN], y: [0, 1, 0.5], colour: null }
  const target = picture(11, 11)
  const range = { left: 0, right: 1, bottom: 0, top: 1, low: 0, high: 1 }
  paintPoints(target, cloud, range, [10, 20, 30])
  const at = (column: number, row: number) => [...target.data.slice(4 * (row * 11 + column)).slice(0, 4)]
  expect(at(0, 10)).toEqual([10, 20, 30, 255])
  expect(at(10, 0)).toEqual([10, 20, 30, 255])
  expect(at(5, 5)).toEqual([0, 0, 0, 0])
})

test('an axis of one value has a width', () => {
  const { left, right } = rangeOfCloud({ x: [2, 2], y: [0, 1], colour: null })
  expect(left).toBeLessThan(2)
  expect(right).toBeGreaterThan(2)
})
