import { describe, expect, it } from 'vitest'
import {
  axisTitle,
  formatBytes,
  formatCount,
  formatDuration,
  formatFixed,
  formatNumber,
  formatQuantity,
  formatWhole,
  noValue,
  withUnit,
} from './numbers'

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [-3, '−3'],
    [0.1 + 0.2, '0.3'],
    [-0.5, '−0.5'],
    [12345.678, '12346'],
    [0.00012, '0.00012'],
    [0.00001234, '1.234×10⁻⁵'],
    [-1.5e-7, '−1.5×10⁻⁷'],
    [1e-9, '10⁻⁹'],
    [3.2e7, '3.2×10⁷'],
    [999999, '10⁶'],
    [1.5e12, '1.5×10¹²'],
    [Number.NaN, noValue],
    [null, noValue],
    [undefined, noValue],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '−∞'],
  ])('writes %s as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  it('never writes more digits than asked, but keeps whole numbers whole', () => {
    expect(formatNumber(Math.PI, 3)).toBe('3.14')
    expect(formatNumber(1461, 3)).toBe('1461')
    expect(formatNumber(100000, 9)).toBe('100000')
    expect(formatNumber(0.1, 15)).toBe('0.1')
    expect(formatNumber(1e-5, 15)).toBe('10⁻⁵')
  })
})

describe('figures with a meaning', () => {
  it('keeps the decimals a metric states', () => {
    expect(formatFixed(4.0599, 2)).toBe('4.06')
    expect(formatFixed(-4, 1)).toBe('−4.0')
    expect(formatFixed(1 / 3, null)).toBe('0.333333')
    expect(formatFixed(null, 2)).toBe(noValue)
    expect(formatFixed(0, 3)).toBe('0.000')
    expect(formatFixed(2.849e-10, 4)).toBe('2.85×10⁻¹⁰')
  })

  it('puts the unit beside the figure', () => {
    expect(formatQuantity(1.23456, '°', 3)).toBe('1.23\u00a0°')
    expect(formatQuantity(null, 's')).toBe(noValue)
    expect([withUnit('3', 'dB'), withUnit('3', null)]).toEqual(['3\u00a0dB', '3'])
    expect([axisTitle('Wavelength', 'µm'), axisTitle('Iteration', null)]).toEqual([
      'Wavelength (µm)',
      'Iteration',
    ])
  })

  it('groups counts and minds the plural', () => {
    expect([0, 999, 9025, 1234567].map(formatWhole)).toEqual(['0', '999', '9,025', '1,234,567'])
    expect([formatCount(1, 'run'), formatCount(1200, 'run')]).toEqual(['1 run', '1,200 runs'])
    expect(formatCount(2, 'axis', 'axes')).toBe('2 axes')
  })

  it.each([
    [0, '0\u00a0B'],
    [999, '999\u00a0B'],
    [1500, '1.5\u00a0kB'],
    [11_263_328, '11.3\u00a0MB'],
    [350_000_000, '350\u00a0MB'],
    [10e9, '10.0\u00a0GB'],
  ])('%d bytes', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it.each([
    [0.0042, '0.004 s'],
    [0.42, '0.42 s'],
    [12.46, '12.5 s'],
    [59.99, '1 min 00 s'],
    [185, '3 min 05 s'],
    [8040, '2 h 14 min'],
    [null, noValue],
  ])('says %s seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })
})
