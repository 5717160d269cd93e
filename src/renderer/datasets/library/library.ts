import type { Dataset } from '../../../shared/dataset'
import type { DataArray } from '../../client/data'
import { bandPositions, spectrumAt } from '../../views/band-positions'
import type { AxisText, TableRows } from '../../charts/series'
import { axisTitle } from '../../../shared/numbers'

/** The spectra of a library as they are drawn: over rising wavelengths, with gaps at bad bands. */
export interface LibrarySpectra {
  title: AxisText
  x: Float64Array
  names: readonly string[]
  spectrum: (index: number) => Float64Array
}

/** Names of the spectra of a library. */
export function spectrumNames(dataset: Dataset): string[] {
  const count = dataset.array.shape[1] ?? 0
  const labels = dataset.axes[1]?.labels ?? []
  return Array.from({ length: count }, (_, index) => labels[index] ?? `Spectrum ${index + 1}`)
}

/** A library (bands, spectra) made ready for drawing. */
export function librarySpectra(dataset: Dataset, { values, shape }: DataArray): LibrarySpectra {
  const [bands = 0, count = 0] = shape
  const places = bandPositions(dataset.axes[0] ?? null, bands, null)
  const good = places.rows.map((row) => (dataset.goodBands?.[row] === false ? -1 : row))
  return {
    title: places.title,
    x: places.x,
    names: spectrumNames(dataset),
    spectrum: (index) => spectrumAt(good, values, count, index),
  }
}

/** A library as a table that can be imported again: wavelengths first, then a column a spectrum. */
export function libraryTable(
  dataset: Dataset,
  { values, shape }: DataArray,
): { header: string[]; rows: TableRows } {
  const [bands = 0, count = 0] = shape
  const [band] = dataset.axes
  return {
    header: [axisTitle('Wavelength', band?.unit ?? null), ...spectrumNames(dataset)],
    rows: {
      length: bands,
      at: (row) => [
        band?.coordinates?.[row] ?? row + 1,
        ...Array.from(values.subarray(row * count, (row + 1) * count), (value) =>
          Number.isFinite(value) ? value : null,
        ),
      ],
    },
  }
}
