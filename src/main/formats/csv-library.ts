import { parse } from 'csv-parse/sync'
import { FiligreeError } from '../../shared/failure'
import { nameOfFile, onlyPath } from './cube-parts'
import { sha256OfFile } from './file-hash'
import type { Importer } from './importer'
import { importLibrary, libraryPreview, type LibraryContent } from './library-parts'
import { withFile, type RandomAccessFile } from './random-access-file'
import { guessedWavelengthUnit, namedWavelengthUnit, unifiedWavelengths } from './wavelength-unit'
import { counted, grouped } from './wording'

/** Longest table that is read as a library, and how much of one is looked at to recognise it. */
const longestTable = 64 * 1024 * 1024
const lookedAt = 64 * 1024
/** First columns that rise like wavelengths and are none. */
const otherHeading = /^(year|month|day|date|time|hour|age|lon|lat|long|x|y|t|id|depth|height|distance|index)/i
const heading = /wave|lambda|wvl|^wl\b|µm|micromet|nanomet|micron|\bum\b|\bnm\b/i

/**
 * A table of spectra: the first column holds wavelengths, every further one a spectrum under its name. Separated by
 * commas, semicolons, tabs or blanks; lines that begin with # are comments.
 */
export const csvLibraryImporter: Importer = {
  id: 'csv-library',
  title: 'CSV library',
  extensions: ['csv', 'tsv', 'txt'],

  async recognises(paths) {
    const [path] = paths
    if (path === undefined || paths.length > 1 || !/\.(csv|tsv|txt)$/i.test(path)) return false
    return withFile(path, async (file) => {
      const text = textOf(await file.readUpTo(0, lookedAt))
      // The last line may be cut in two.
      const whole = file.bytes > lookedAt ? text.slice(0, text.lastIndexOf('\n')) : text
      try {
        const { head, rows } = tableOf(whole, file.name)
        const first = rows.map(([value]) => Number(value))
        return (
          rows.length > 1 &&
          (rows[0]?.length ?? 0) > 1 &&
          first.every(Number.isFinite) &&
          (heading.test(head?.[0] ?? '') ||
            (head !== null &&
              !otherHeading.test(head[0] ?? '') &&
              looksLikeWavelengths(first) &&
              rows.every(areSpectra)))
        )
      } catch {
        return false
      }
    })
  },

  async preview(paths) {
    return withFile(onlyPath(paths), async (file) => libraryPreview(await readTable(file)))
  },

  async import(paths, _choices, context) {
    return withFile(onlyPath(paths), async (file) => {
      context.onProgress('Reading the table', null)
      const content = await readTable(file)
      const sha256 = await sha256OfFile(file, context.signal)
      return importLibrary(content, [{ path: file.path, bytes: file.bytes, sha256 }], {}, context)
    })
  },
}

/** Whether a row has nothing but numbers and gaps: names in it make the table one of entries. */
function areSpectra(row: readonly string[]): boolean {
  return row.every((word) => !Number.isNaN(Number(word)) || /^nan?$/i.test(word))
}

function looksLikeWavelengths(values: readonly number[]): boolean {
  const { wavelengths } = unifiedWavelengths(values, null)
  const rising = wavelengths.every((value, index) => value > (wavelengths[index - 1] ?? 0))
  return rising && guessedWavelengthUnit(wavelengths) !== null && !wavelengths.every(Number.isInteger)
}

interface Table {
  /** The words above the columns; null where the first line holds numbers. */
  head: string[] | null
  rows: string[][]
  firstRow: number
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('latin1').decode(bytes)
  }
}

function tableOf(text: string, name: string): Table {
  // Asked of the lines of numbers: a heading may have commas within its names.
  const numbers = text.split(/\r?\n/, 64).filter((line) => /^\s*["'\d.+-]/.test(line))
  const delimiter = ['\t', ';', ','].find((mark) => numbers.some((line) => line.includes(mark)))
  let lines: string[][]
  try {
    lines = parse(text, {
      bom: true,
      comment: '#',
      comment_no_infix: true,
      delimiter: delimiter ?? [' '],
      ignore_last_delimiters: false,
      ltrim: true,
      rtrim: true,
      relax_column_count: true,
      skip_empty_lines: true,
    })
  } catch (error) {
    throw new FiligreeError(
      'invalid-file',
      `${name} is not a table: ${error instanceof Error ? error.message : String(error)}.`,
    )
  }
  const head = lines[0]
  const numeric = head?.every((word) => word !== '' && Number.isFinite(Number(word))) === true
  return numeric || head === undefined
    ? { head: null, rows: lines, firstRow: 1 }
    : { head, rows: lines.slice(1), firstRow: 2 }
}

async function readTable(file: RandomAccessFile): Promise<LibraryContent> {
  if (file.bytes > longestTable) {
    throw new FiligreeError(
      'invalid-file',
      `${file.name} has ${counted(file.bytes, 'byte')}; a table of spectra of more than ${grouped(longestTable)} is not read. Save it as .npy or as an ENVI library.`,
    )
  }
  const { head, rows, firstRow } = tableOf(textOf(await file.readUpTo(0, file.bytes)), file.name)
  const columns = head?.length ?? rows[0]?.length ?? 0
  const spectra = columns - 1
  if (spectra < 1 || rows.length < 2) {
    throw new FiligreeError(
      'invalid-file',
      `${file.name} has ${counted(rows.length, 'row')} of ${counted(columns, 'column')}; a library needs a column of wavelengths and at least one of a spectrum, over two rows or more.`,
    )
  }
  const values = new Float64Array(rows.length * spectra)
  const wavelengths: number[] = []
  rows.forEach((row, band) => {
    if (row.length !== columns) {
      throw new FiligreeError(
        'invalid-file',
        `Row ${grouped(band + firstRow)} of ${file.name} has ${counted(row.length, 'entry', 'entries')}, the others have ${grouped(columns)}.`,
      )
    }
    row.forEach((word, column) => {
      const value = numberOf(word, file.name, band + firstRow, column)
      if (column === 0) wavelengths.push(value)
      else values[band * spectra + column - 1] = value
    })
  })
  return {
    format: { id: 'csv-library', title: 'CSV library' },
    name: nameOfFile(file.path),
    bytes: file.bytes,
    values,
    bands: rows.length,
    names: Array.from({ length: spectra }, (_, index) => head?.[index + 1] ?? ''),
    wavelengths,
    unit: unitIn(head?.[0] ?? ''),
    goodBands: null,
    quantity: 'Reflectance',
    variables: [{ name: file.name, shape: [rows.length, columns], dtype: 'text', role: 'spectra' }],
    options: [],
    notes: [],
  }
}

/** Empty entries and 'NaN' are missing values; a wavelength must be there. */
function numberOf(word: string, name: string, row: number, column: number): number {
  const missing = word === '' || /^(nan|na|null)$/i.test(word)
  const value = missing ? Number.NaN : Number(word)
  if (Number.isFinite(value) || (missing && column > 0)) return value
  throw new FiligreeError(
    'invalid-file',
    `"${word}" in row ${grouped(row)}, column ${grouped(column + 1)} of ${name} is no number.`,
  )
}

/** 'Wavelength (nm)', 'wavelength_um', 'nanometers': the unit a heading names. */
function unitIn(text: string): string | null {
  for (const word of text.split(/[^A-Za-zµμÅ0-9-]+/)) {
    const unit = namedWavelengthUnit(word)
    if (unit !== null) return unit
  }
  return null
}
