import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FiligreeError } from '../../shared/failure'
import { toFiligreeError } from '../../shared/system-failure'
import { throwIfCancelled } from './cancellation'
import { isFolder, withFile } from './random-access-file'
import { parseSpectrumText, type SpectrumText } from './spectrum-text'
import { grouped } from './wording'

/** A spectrum of the longest instrument has some ten thousand channels. */
const largestFile = 1024 * 1024
const mostFiles = 20_000
/** Chapters of a library lie one folder below it. */
const deepest = 3

const ending = /\.(txt|asc)$/i
const notSpectra = /bandpass|fwhm|wavenumber|error\s*bar/i

/** One text file, read. */
export interface SpectrumFile extends SpectrumText {
  path: string
  bytes: number
}

/** What lies in the files a person chose, and in the folders around them where wavelengths are kept. */
export interface SpectrumFiles {
  spectra: SpectrumFile[]
  wavelengths: SpectrumFile[]
  /** Names of text files among them that hold something else. */
  others: string[]
}

/** Text files a person chose, those of a chosen folder among them; null where something else is among the files. */
export async function spectrumPaths(chosen: readonly string[]): Promise<string[] | null> {
  const found: string[] = []
  for (const path of chosen) {
    if (await isFolder(path)) found.push(...(await textFilesIn(path, deepest)))
    else if (ending.test(path)) found.push(path)
    else return null
  }
  if (found.length > mostFiles) {
    throw new FiligreeError(
      'invalid-file',
      `There are ${grouped(found.length)} text files; a library of more than ${grouped(mostFiles)} is not read. Choose the folder of one chapter.`,
    )
  }
  return found
}

/** Reads them all, and looks for wavelengths beside them and one folder up where none was chosen. */
export async function readSpectrumFiles(
  chosen: readonly string[],
  signal?: AbortSignal,
): Promise<SpectrumFiles> {
  const spectra: SpectrumFile[] = []
  const wavelengths: SpectrumFile[] = []
  const others: string[] = []
  const paths = (await spectrumPaths(chosen)) ?? []
  for (const path of paths) {
    throwIfCancelled(signal)
    if (notSpectra.test(basename(path))) continue
    const read = await readSpectrum(path)
    if (read === null) others.push(basename(path))
    else if (isWavelengths(read)) wavelengths.push(read)
    else spectra.push(read)
  }
  if (wavelengths.length === 0) wavelengths.push(...(await wavelengthsAround(spectra)))
  return { spectra, wavelengths, others }
}

function isWavelengths({ path, title }: SpectrumFile): boolean {
  return /wavelength/i.test(basename(path)) || /^wavelength/i.test(title)
}

/** Null for text of another kind. */
async function readSpectrum(path: string): Promise<SpectrumFile | null> {
  return withFile(path, async (file) => {
    if (file.bytes > largestFile) return null
    const text = new TextDecoder('latin1').decode(await file.readUpTo(0, file.bytes))
    const read = parseSpectrumText(text)
    return read === null ? null : { ...read, path, bytes: file.bytes }
  })
}

async function wavelengthsAround(spectra: readonly SpectrumFile[]): Promise<SpectrumFile[]> {
  const folders = new Set<string>()
  for (const { path } of spectra) folders.add(dirname(path)).add(dirname(dirname(path)))
  const found: SpectrumFile[] = []
  for (const folder of folders) {
    const paths = await textFilesIn(folder, 1).catch(() => [])
    for (const path of paths.filter((name) => /wavelength/i.test(basename(name)))) {
      const read = await readSpectrum(path)
      if (read !== null) found.push(read)
    }
  }
  return found
}

async function textFilesIn(folder: string, depth: number): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const found: string[] = []
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name)
      if (entry.isFile() && ending.test(entry.name)) found.push(path)
      else if (entry.isDirectory() && depth > 1 && !notSpectra.test(entry.name))
        found.push(...(await textFilesIn(path, depth - 1)))
    }
    return found
  } catch (error) {
    throw toFiligreeError(error, folder, 'read')
  }
}
