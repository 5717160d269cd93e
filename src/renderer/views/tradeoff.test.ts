import { describe, expect, test } from 'vitest'
import { readTradeoff, withinBudget } from '../../shared/tradeoff'
import { choiceAfterKey, nearestChoice, pointScale } from './tradeoff'

const labels = ['Size', 'Compression', 'Error bound', 'True error', 'Rank of x', 'Rank of y']
const rows = [
  [50, 2, 0.2, 0.19, 3, 4],
  [10, 10, 0.5, 0.45, 1, 2],
  [100, 1, 0.01, 0.009, 5, 6],
]

describe('a trade-off of error against size', () => {
  const { choices, errorNames } = readTradeoff(rows.flat(), labels, 2)

  test('is read by the names of its columns, in rising size', () => {
    expect(errorNames).toEqual(['Error bound', 'True error'])
    expect(choices).toEqual([
      { size: 10, errors: [0.5, 0.45], ranks: [1, 2] },
      { size: 50, errors: [0.2, 0.19], ranks: [3, 4] },
      { size: 100, errors: [0.01, 0.009], ranks: [5, 6] },
    ])
  })

  test('has a choice for a budget, a key and a place', () => {
    expect(withinBudget(choices, 60)).toBe(1)
    expect(withinBudget(choices, 5)).toBe(0)
    expect(nearestChoice(choices, 90)).toBe(2)
    expect(['ArrowRight', 'Home', 'End', 'a'].map((key) => choiceAfterKey(key, 1, 3))).toEqual([
      2,
      0,
      2,
      null,
    ])
    expect(choiceAfterKey('ArrowLeft', 0, 3)).toBe(0)
  })

  test('is drawn on scales that lead back', () => {
    const scale = pointScale(10, 1000, 0, 100, true)
    expect(scale.toPoint(100)).toBeCloseTo(50)
    expect(scale.toValue(50)).toBeCloseTo(100)
    expect(pointScale(2, 2, 0, 100, false).toPoint(2)).toBe(0)
  })
})
