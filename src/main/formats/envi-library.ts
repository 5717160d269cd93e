import { bytesPerElement } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { nameOfFile } from './cube-parts'
import type { EnviFiles } from './envi-files'
import type { EnviHeader } from './envi-header'
import { enviTypes } from './envi-scene'
import type { LibraryContent } from './library-parts'
import type { RandomAccessFile } from './random-access-file'
import { decodeElements, requireReal } from './real-array'
import { namedWavelengthUnit } from './wavelength-unit'
import { counted, grouped, listed } from './wording'

/** Largest library that is read: ten thousand spectra of two thousand bands in doubles have 160 MB. */
const largestBytes = 512 * 1024 * 1024

/** Whether a header describes a spectral library: its `samples` are bands, its `lines` spectra. */
export function isEnviLibrary(header: EnviHeader): boolean {
  return /spectral library/i.test(header.text('file type') ?? '')
}

/** Reads an ENVI spectral library (.sli). Throws `invalid-file` where header and data do not fit. */
export async function readEnviLibrary(
  header: EnviHeader,
  files: EnviFiles,
  file: RandomAccessFile,
): Promise<LibraryContent> {
  const bands = header.count('samples')
  const spectra = header.count('lines')
  const code = header.count('data type')
  const dtype = enviTypes[code]
  if (dtype === undefined) {
    throw new FiligreeError(
      'invalid-file',
      `${header.name} has data type ${String(code)}, which ENVI does not define; it knows ${listed(Object.keys(enviTypes))}.`,
    )
  }
  requireReal(dtype, header.name)
  const offset = header.count('header offset', 0)
  const bytes = bands * spectra * bytesPerElement[dtype]
  if (offset + bytes > file.bytes || bytes > largestBytes) {
    throw new FiligreeError(
      'invalid-file',
      `${header.name} promises ${grouped(spectra)} spectra of ${counted(bands, 'band')}, which need ${counted(offset + bytes, 'byte')}, but ${file.name} has ${grouped(file.bytes)}. Was it copied whole, and is this its header?`,
    )
  }
  const stored = decodeElements(
    dtype,
    header.count('byte order', 0) === 1 ? 'big' : 'little',
    (await file.readUpTo(offset, bytes)).slice().buffer,
    bands * spectra,
  )
  const factor = header.number('reflectance scale factor')
  const scale = factor !== null && factor > 0 ? 1 / factor : 1
  const values = new Float64Array(bands * spectra)
  for (let spectrum = 0; spectrum < spectra; spectrum += 1) {
    for (let band = 0; band < bands; band += 1)
      values[band * spectra + spectrum] = (stored[spectrum * bands + band] ?? Number.NaN) * scale
  }
  const notes: string[] = []
  const names = header.list('spectra names') ?? []
  if (names.length !== spectra)
    notes.push(
      `The header names ${counted(names.length, 'spectrum', 'spectra')} of ${grouped(spectra)}; the others are numbered.`,
    )
  const bbl = header.numbers('bbl')
  return {
    format: { id: 'envi', title: 'ENVI' },
    name: nameOfFile(files.data),
    bytes: file.bytes,
    values,
    bands,
    names: Array.from({ length: spectra }, (_, index) => names[index] ?? `Spectrum ${String(index + 1)}`),
    wavelengths: wavelengthsOf(header, bands, notes),
    unit: namedWavelengthUnit(header.text('wavelength units')),
    goodBands: Array.isArray(bbl) && bbl.length === bands ? bbl.map((value) => value > 0) : null,
    quantity: scale === 1 ? 'Value' : 'Reflectance',
    variables: [{ name: file.name, shape: [spectra, bands], dtype, role: 'spectra' }],
    options: [],
    notes: [
      ...(header.text('description') === null
        ? []
        : [`The header says: ${header.text('description') ?? ''}`]),
      ...notes,
    ],
  }
}

function wavelengthsOf(header: EnviHeader, bands: number, notes: string[]): number[] | null {
  const values = header.numbers('wavelength')
  if (values === null) return null
  if (values !== 'unreadable' && values.length === bands) return values
  notes.push(
    `"wavelength" in ${header.name} ${values === 'unreadable' ? 'holds words that are no numbers' : `has ${counted(values.length, 'entry', 'entries')} for ${counted(bands, 'band')}`} and is not used.`,
  )
  return null
}
