import { describe, expect, it } from 'vitest'
import { logTicks, niceTicks } from './scales'

describe('niceTicks', () => {
  it('chooses round steps without binary dust', () => {
    expect(niceTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(niceTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3])
    expect(niceTicks(-3, 3, 4)).toEqual([-2, 0, 2])
  })

  it('stays inside the range and works for tiny ones', () => {
    const ticks = niceTicks(1.234e-7, 9.87e-7, 4)
    expect(ticks.every((tick) => tick >= 1.234e-7 && tick <= 9.87e-7)).toBe(true)
    expect(ticks.length).toBeGreaterThan(2)
  })

  it('gives one tick where there is no range', () => {
    expect(niceTicks(2, 2)).toEqual([2])
  })
})

describe('logTicks', () => {
  it('are round numbers below two decades', () => {
    expect(logTicks(98.6, 104.2)).toEqual([98, 100, 102, 104, 106])
    expect(logTicks(0.5, 8)).toEqual([0.5, 2, 4, 6, 8])
  })

  it('are powers of ten from two decades on, thinned where there are many', () => {
    expect(logTicks(0.002, 5).map(Math.log10).map(Math.round)).toEqual([-3, -2, -1, 0, 1])
    expect(logTicks(1e-12, 1).length).toBeLessThanOrEqual(9)
    expect(logTicks(1e-12, 1)[0]).toBeCloseTo(1e-12, 20)
  })

  it('are one value where there is no range', () => {
    expect(logTicks(3, 3)).toEqual([3])
  })
})
