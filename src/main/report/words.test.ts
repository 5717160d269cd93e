import { describe, expect, it } from 'vitest'
import { formatPercent, formatTime, formatValue } from './words'

describe('words of a report', () => {
  it('writes times without a time zone of the machine', () => {
    expect(formatTime('2026-01-02T03:04:05.678Z')).toBe('2026-01-02 03:04:05 UTC')
  })

  it('writes values as a person would', () => {
    expect([true, null, 0.1, 100000, 'min-max', [20, 20, 5], { a: 1 }].map(formatValue)).toEqual([
      'yes',
      'none',
      '0.1',
      '100000',
      'min-max',
      '20, 20, 5',
      '{"a":1}',
    ])
    expect(formatPercent(0.02)).toBe('2\u00a0%')
  })
})
