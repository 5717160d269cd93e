import { expect, test } from 'vitest'
import { scoreTensor } from './score'

test('a tensor run is scored by the figures its solver recomputed', () => {
  const card = scoreTensor({ relativeError: 0.05, compression: 214, size: 6580, nlpd: Number.NaN })
  expect(card?.metrics.map(({ id, value }) => [id, value])).toEqual([
    ['relativeError', 0.05],
    ['compression', 214],
  ])
  expect(card?.rules).toHaveLength(2)
  expect(scoreTensor({ size: 3 })).toBeNull()
})
