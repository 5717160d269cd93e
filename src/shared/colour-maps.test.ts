import { describe, expect, it } from 'vitest'
import { colourCount, colourHex, colourIndex, colourMapNames, colourScale, colourTable } from './colour-maps'

describe('colour maps', () => {
  it.each(colourMapNames)('%s has 256 entries', (name) => {
    expect(colourTable(name)).toHaveLength(colourCount * 3)
  })

  it('starts and ends viridis where it was published', () => {
    expect(colourHex('viridis', 0)).toBe('#440154')
    expect(colourHex('viridis', 255)).toBe('#fde725')
  })

  it('puts zero of a diverging scale in the middle of the table', () => {
    const scale = colourScale('diverging', -1, 4)
    expect(scale).toEqual({ colourMap: 'red-blue', low: -4, high: 4 })
    expect(colourIndex(0, scale.low, scale.high)).toBe(128)
    expect(colourHex('red-blue', 128)).toBe('#f2efed')
  })

  it('keeps fractions on 0 to 1, and shows what lies outside', () => {
    expect(colourScale('fraction', 0.2, 0.7)).toMatchObject({ low: 0, high: 1 })
    expect(colourScale('fraction', -0.1, 1.3)).toMatchObject({ low: -0.1, high: 1.3 })
  })

  it('gives values outside the scale the nearest end', () => {
    expect([colourIndex(-5, 0, 1), colourIndex(5, 0, 1), colourIndex(1, 0, 1)]).toEqual([0, 255, 255])
    expect(colourIndex(3, 3, 3)).toBe(0)
  })

  it('rises in lightness along every sequential map', () => {
    for (const name of ['viridis', 'cividis', 'magma', 'grey'] as const) {
      const table = colourTable(name)
      const lightness = (index: number) =>
        0.2126 * (table[index * 3] ?? 0) +
        0.7152 * (table[index * 3 + 1] ?? 0) +
        0.0722 * (table[index * 3 + 2] ?? 0)
      for (let index = 16; index < colourCount; index += 16) {
        expect(lightness(index)).toBeGreaterThan(lightness(index - 16))
      }
    }
  })
})
