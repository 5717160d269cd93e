import { describe, expect, it } from 'vitest'
import { bandOutlines } from './deviation-band'

const nan = Number.NaN
const series = {
  id: 'a',
  name: 'A',
  x: [1, 10, 100, 1000, 10000],
  y: [1, 2, nan, 3, 4],
  spread: [1, 1, 1, 1, 1],
}

describe('the band of a deviation', () => {
  it('goes around the line in one piece for each stretch without gaps', () => {
    const [first, second, ...more] = bandOutlines(series, false, null)
    expect(first?.points).toEqual([
      [1, 2],
      [10, 3],
      [10, 1],
      [1, 0],
    ])
    expect(second?.ends).toEqual([1000, 2, 10000, 5])
    expect(more).toEqual([])
  })

  it('ends at the floor of a logarithmic axis', () => {
    const [first] = bandOutlines(series, true, 0.1)
    expect(first?.points).toEqual([
      [0, Math.log10(2)],
      [1, Math.log10(3)],
      [1, 0],
      [0, -1],
    ])
  })

  it('is nothing where there is no deviation', () => {
    const { spread: _, ...plain } = series
    expect(bandOutlines(plain, false, null)).toEqual([])
  })
})
