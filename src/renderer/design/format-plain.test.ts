import { describe, expect, it } from 'vitest'
import { countOf, formatBytes } from './format-plain'

describe('formatBytes', () => {
  it.each([
    [0, '0\u202fB'],
    [999, '999\u202fB'],
    [1500, '1.5\u202fkB'],
    [11_263_328, '11.3\u202fMB'],
    [350_000_000, '350\u202fMB'],
    [10e9, '10.0\u202fGB'],
  ])('%d', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('countOf', () => {
  it('minds the plural', () => {
    expect(countOf(1, 'run')).toBe('1 run')
    expect(countOf(1200, 'run')).toBe('1,200 runs')
  })
})
