import { describe, expect, it } from 'vitest'
import { csvText, seriesTable } from './series'

const plot = {
  title: 'Spectra',
  x: { name: 'Wavelength', unit: 'µm' },
  y: { name: 'Reflectance', unit: null },
  series: [
    { id: 'a', name: 'Soil', x: [0.4, 0.5], y: [1, Number.NaN] },
    { id: 'b', name: 'Tree, dry', x: [0.45, 0.5], y: [2, 3] },
  ],
}

describe('seriesTable', () => {
  it('joins series by x and leaves gaps empty', () => {
    expect(seriesTable(plot)).toEqual({
      header: ['Wavelength (µm)', 'Soil', 'Tree, dry'],
      rows: [
        [0.4, 1, null],
        [0.45, null, 2],
        [0.5, null, 3],
      ],
    })
  })
})

describe('csvText', () => {
  it('keeps precision and quotes what needs it', () => {
    const { header, rows } = seriesTable(plot)
    expect(csvText(header, rows)).toBe('Wavelength (µm),Soil,"Tree, dry"\r\n0.4,1,\r\n0.45,,2\r\n0.5,,3\r\n')
    expect(csvText(['x'], [[0.1 + 0.2], ['say "so"']])).toBe('x\r\n0.30000000000000004\r\n"say ""so"""\r\n')
  })
})
