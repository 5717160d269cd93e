import { rm, writeFile } from 'node:fs/promises'
import type { Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { toFiligreeError } from '../../shared/system-failure'
import { readWhole } from './array-reader'
import { enviLibraryHeaderText } from './envi-header-text'
import { arraySource } from './physical-values'

/** Writes a library as a table that can be imported again: wavelengths first, then a column a spectrum. */
export async function exportLibraryCsv(dataset: Dataset, folder: string, path: string): Promise<void> {
  const values = await spectraOf(dataset, folder)
  const [band, spectrum] = dataset.axes
  const count = spectrum?.size ?? 0
  const unit = band?.unit ?? ''
  const head = [`Wavelength${unit === '' ? '' : ` (${unit})`}`, ...(spectrum?.labels ?? [])]
  const rows = Array.from({ length: band?.size ?? 0 }, (_, index) =>
    [band?.coordinates?.[index] ?? index + 1, ...values.subarray(index * count, (index + 1) * count)].join(
      ',',
    ),
  )
  await writeNew(path, [head.map(quoted).join(','), ...rows, ''].join('\n'))
}

/**
 * Writes a library as an ENVI spectral library: `<target>.sli` with doubles, `<target>.hdr` with names, wavelengths and
 * good bands. Names lose their commas, which part the entries of a header. Neither file may exist yet.
 */
export async function exportLibraryEnvi(
  dataset: Dataset,
  folder: string,
  target: string,
): Promise<{ header: string; data: string }> {
  const values = await spectraOf(dataset, folder)
  const bands = dataset.axes[0]?.size ?? 0
  const count = dataset.axes[1]?.size ?? 0
  const bytes = new DataView(new ArrayBuffer(values.length * 8))
  for (let spectrum = 0; spectrum < count; spectrum += 1) {
    for (let band = 0; band < bands; band += 1)
      bytes.setFloat64((spectrum * bands + band) * 8, values[band * count + spectrum] ?? Number.NaN, true)
  }
  const paths = { header: `${target}.hdr`, data: `${target}.sli` }
  await writeNew(paths.data, new Uint8Array(bytes.buffer))
  try {
    await writeNew(paths.header, enviLibraryHeaderText(dataset))
  } catch (error) {
    await rm(paths.data, { force: true })
    throw error
  }
  return paths
}

/** (band, spectrum) in C order. */
async function spectraOf(dataset: Dataset, folder: string): Promise<Float64Array> {
  if (dataset.kind === 'library') return (await readWhole(arraySource(dataset.array, folder))).values
  throw new FiligreeError(
    'invalid-parameter',
    `'${dataset.name}' is a ${dataset.kind}, not a library of spectra.`,
  )
}

async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx' })
  } catch (error) {
    throw toFiligreeError(error, path, 'write')
  }
}

function quoted(text: string): string {
  return /[",;\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
