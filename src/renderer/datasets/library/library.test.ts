import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../../shared/dataset'
import { exampleDataset } from '../../testing/examples'
import { evenPlaces } from './curves'
import { librarySpectra, libraryTable } from './library'

const axis = { size: 0, unit: null, coordinates: null, labels: null }
const plain = exampleDataset()
const library: Dataset = {
  ...plain,
  kind: 'library',
  array: { ...plain.array, shape: [3, 2], strides: [2, 1] },
  axes: [
    { ...axis, name: 'band', size: 3, unit: 'µm', coordinates: [0.4, 0.6, 0.5] },
    { ...axis, name: 'spectrum', size: 2, labels: ['Alunite', 'Calcite'] },
  ],
  goodBands: [true, false, true],
}
const array = { values: Float64Array.of(1, 10, 2, 20, 3, Number.NaN), shape: [3, 2], range: null }

describe('a library', () => {
  it('is drawn over rising wavelengths, with gaps at bad bands', () => {
    const { x, names, spectrum, title } = librarySpectra(library, array)
    expect([...x]).toEqual([0.4, 0.5, 0.6])
    expect(names).toEqual(['Alunite', 'Calcite'])
    expect([...spectrum(0)]).toEqual([1, 3, Number.NaN])
    expect(title).toEqual({ name: 'Wavelength', unit: 'µm' })
  })

  it('is saved in the order of its bands, as it can be imported again', () => {
    const { header, rows } = libraryTable(library, array)
    expect(header).toEqual(['Wavelength (µm)', 'Alunite', 'Calcite'])
    expect([0, 1, 2].map((row) => rows.at(row))).toEqual([
      [0.4, 1, 10],
      [0.6, 2, 20],
      [0.5, 3, null],
    ])
  })

  it('is pictured by a few of its spectra', () => {
    expect(evenPlaces(3, 8)).toEqual([0, 1, 2])
    expect(evenPlaces(100, 4)).toEqual([0, 25, 50, 75])
  })
})
