import { describe, expect, it } from 'vitest'
import { axisTitle, formatDuration, formatFixed, formatNumber, formatQuantity } from './format'

describe('formatNumber', () => {
  it.each([
    [0.1 + 0.2, '0.3'],
    [-0.5, '−0.5'],
    [12345.678, '12346'],
    [0.00001234, '12.34×10⁻⁶'],
    [1e-9, '10⁻⁹'],
    [3.2e7, '32×10⁶'],
    [999999, '10⁶'],
    [0, '0'],
    [Number.NaN, '–'],
    [null, '–'],
    [Number.NEGATIVE_INFINITY, '−∞'],
  ])('writes %s as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  it('never writes more digits than asked, but keeps whole numbers whole', () => {
    expect(formatNumber(Math.PI, 3)).toBe('3.14')
    expect(formatNumber(1461, 3)).toBe('1461')
  })
})

describe('units and durations', () => {
  it('puts the unit beside the figure', () => {
    expect(formatQuantity(1.23456, '°', 3)).toBe('1.23\u202f°')
    expect(formatQuantity(null, 's')).toBe('–')
    expect(axisTitle('Wavelength', 'µm')).toBe('Wavelength (µm)')
    expect(axisTitle('Iteration', null)).toBe('Iteration')
  })

  it.each([
    [0.0042, '0.004 s'],
    [0.42, '0.42 s'],
    [12.46, '12.5 s'],
    [59.99, '1 min 00 s'],
    [185, '3 min 05 s'],
    [8040, '2 h 14 min'],
    [null, '–'],
  ])('says %s seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })

  it('keeps the decimals a metric states', () => {
    expect(formatFixed(4.0599, 2)).toBe('4.06')
    expect(formatFixed(-0.5, 1)).toBe('−0.5')
  })
})
