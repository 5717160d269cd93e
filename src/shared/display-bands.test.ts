import { describe, expect, it } from 'vitest'
import type { Axis } from './array'
import { displayBandsOf } from './display-bands'

function axes(size: number, unit: string | null, coordinates: number[] | null): Axis[] {
  const plain = (name: string): Axis => ({ name, size: 4, unit: null, coordinates: null, labels: null })
  return [plain('line'), plain('sample'), { name: 'band', size, unit, coordinates, labels: null }]
}

describe('bands a cube is shown with', () => {
  it('takes what the file proposes', () => {
    expect(displayBandsOf({ axes: axes(9, null, null), displayBands: [7, 4, 1] })).toEqual({
      bands: [7, 4, 1],
      chosenBy: 'file',
    })
  })

  it('does not take bands the cube does not have', () => {
    expect(displayBandsOf({ axes: axes(11, null, null), displayBands: [70, 4, 1] })).toEqual({
      bands: [5, 3, 1],
      chosenBy: 'position',
    })
  })

  it.each([
    ['nm', [450, 550, 650, 900]],
    ['µm', [0.45, 0.55, 0.65, 0.9]],
  ])('looks for red, green and blue in %s', (unit, coordinates) => {
    expect(displayBandsOf({ axes: axes(4, unit, coordinates), displayBands: null })).toEqual({
      bands: [2, 1, 0],
      chosenBy: 'wavelength',
    })
  })

  it('does not call infrared bands natural', () => {
    const found = displayBandsOf({ axes: axes(2, 'nm', [1000, 2500]), displayBands: null })
    expect(found.chosenBy).toBe('position')
  })
})
