import { expect, test } from 'vitest'
import { binomialDeviation, coveredShare, pitShares } from './calibration'

const even = Array.from({ length: 1000 }, (_, index) => (index + 0.5) / 1000)

test('even transforms are covered as often as the level says, and fill every bin alike', () => {
  for (const level of [0.1, 0.5, 0.9, 0.95]) expect(coveredShare(even, level)).toBeCloseTo(level, 2)
  expect(pitShares(even).every((share) => Math.abs(share - 0.05) < 1e-12)).toBe(true)
})

test('transforms of intervals that are too narrow lie at the ends', () => {
  const narrow = even.map((pit) => (pit < 0.5 ? pit / 4 : 1 - (1 - pit) / 4))
  expect(coveredShare(narrow, 0.5)).toBeLessThan(0.1)
  expect(pitShares([...narrow, 1])[19]).toBeGreaterThan(0.15)
})

test('the deviation is that of a binomial share', () => {
  expect(binomialDeviation(0.5, 100)).toBe(0.05)
})
