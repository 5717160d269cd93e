import { writeFile } from 'node:fs/promises'
import type { Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { toFiligreeError } from '../../shared/system-failure'
import { readWhole } from './array-reader'
import { arraySource } from './physical-values'

/** Writes a library as a table that can be imported again: wavelengths first, then a column a spectrum. */
export async function exportLibraryCsv(dataset: Dataset, folder: string, path: string): Promise<void> {
  if (dataset.kind !== 'library') {
    throw new FiligreeError(
      'invalid-parameter',
      `'${dataset.name}' is a ${dataset.kind}, not a library of spectra.`,
    )
  }
  const { values } = await readWhole(arraySource(dataset.array, folder))
  const [band, spectrum] = dataset.axes
  const count = spectrum?.size ?? 0
  const unit = band?.unit ?? ''
  const head = [`Wavelength${unit === '' ? '' : ` (${unit})`}`, ...(spectrum?.labels ?? [])]
  const rows = Array.from({ length: band?.size ?? 0 }, (_, index) =>
    [band?.coordinates?.[index] ?? index + 1, ...values.subarray(index * count, (index + 1) * count)].join(
      ',',
    ),
  )
  try {
    await writeFile(path, [head.map(quoted).join(','), ...rows, ''].join('\n'), { flag: 'wx' })
  } catch (error) {
    throw toFiligreeError(error, path, 'write')
  }
}

function quoted(text: string): string {
  return /[",;\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
