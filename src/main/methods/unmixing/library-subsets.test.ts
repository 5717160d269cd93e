import { describe, expect, it } from 'vitest'
import { drawParts } from './library-subsets'

describe('parts of a library', () => {
  it('depend on the seed alone, hold their share in rising order, and differ', () => {
    const parts = drawParts(20, 10, 0.7, 3)
    expect(drawParts(20, 10, 0.7, 3)).toEqual(parts)
    expect(drawParts(20, 10, 0.7, 4)).not.toEqual(parts)
    expect(parts.every((part) => part.length === 14)).toBe(true)
    expect(
      parts.every((part) =>
        part.every((spectrum, index) => index === 0 || spectrum > (part[index - 1] ?? 20)),
      ),
    ).toBe(true)
    expect(new Set(parts.map(String)).size).toBe(10)
  })

  it('hold every spectrum at least twice, however few they are', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const parts = drawParts(30, 3, 0.1, seed)
      const counts = Array.from(
        { length: 30 },
        (_, spectrum) => parts.filter((part) => part.includes(spectrum)).length,
      )
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(2)
    }
    expect(drawParts(3, 2, 0.1, 0)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ])
  })
})
