import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatDigits,
  formatNumber,
  formatSeconds,
  formatTime,
  formatValue,
  inWords,
  withUnit,
} from './numbers'

describe('numbers as text', () => {
  it.each([
    [0, '0'],
    [-3, '−3'],
    [9025, '9025'],
    [1234567, '1\u202f234\u202f567'],
    [0.1 + 0.2, '0.3'],
    [-1.5e-7, '−1.5 × 10⁻⁷'],
    [2.5e12 + 0.5, '2.5 × 10¹²'],
    [Number.NaN, 'not a number'],
    [Number.NEGATIVE_INFINITY, '−infinite'],
  ])('writes %s as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  it('keeps the decimals a metric asks for', () => {
    expect(formatDigits(4.0599, 2)).toBe('4.06')
    expect(formatDigits(-4, 1)).toBe('−4.0')
    expect(formatDigits(1 / 3, null)).toBe('0.333333')
  })

  it('writes sizes, durations and times', () => {
    expect([formatBytes(12), formatBytes(1536), formatBytes(98_765_432)]).toEqual([
      '12 B',
      '1.50 KiB',
      '94.2 MiB',
    ])
    expect([formatSeconds(0.1234), formatSeconds(125), formatSeconds(7380)]).toEqual([
      '0.123 s',
      '2 min 05 s',
      '2 h 03 min',
    ])
    expect(formatTime('2026-01-02T03:04:05.678Z')).toBe('2026-01-02 03:04:05 UTC')
  })

  it('turns names of figures into words', () => {
    expect([inWords('relativeResidual'), inWords('estimatedSnr')]).toEqual([
      'Relative residual',
      'Estimated SNR',
    ])
  })

  it('writes counts, values and units', () => {
    expect([formatCount(1, 'run'), formatCount(3, 'run')]).toEqual(['1 run', '3 runs'])
    expect([true, null, 0.1, 'min-max', [1]].map(formatValue)).toEqual([
      'yes',
      'none',
      '0.1',
      'min-max',
      '[1]',
    ])
    expect([withUnit('3', 'dB'), withUnit('3', null)]).toEqual(['3\u00a0dB', '3'])
  })
})
