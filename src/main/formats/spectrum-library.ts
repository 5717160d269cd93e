import { basename } from 'node:path'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { throwIfCancelled } from './cancellation'
import { chosenWord, usedChoices } from './choice-values'
import { nameOfFile } from './cube-parts'
import { sha256OfFile } from './file-hash'
import type { Importer } from './importer'
import { importLibrary, libraryPreview, type LibraryContent } from './library-parts'
import { withFile } from './random-access-file'
import { readSpectrumFiles, spectrumPaths, type SpectrumFile, type SpectrumFiles } from './spectrum-files'
import { parseSpectrumText } from './spectrum-text'
import { counted, grouped, listed } from './wording'

/** How much of a file is looked at to recognise it. */
const lookedAt = 4096

const withoutWavelengths = 'none'

/**
 * The ASCII form of the USGS spectral libraries: a file a spectrum, one value a line, the wavelengths of an instrument
 * in a file of their own. A dataset is the spectra of one instrument: those with one number of channels.
 */
export const spectrumLibraryImporter: Importer = {
  id: 'usgs-ascii',
  title: 'USGS ASCII spectra',
  extensions: ['txt', 'asc'],
  takesFolders: true,

  async recognises(paths) {
    const files = await spectrumPaths(paths)
    if (files === null || files.length === 0) return false
    // Beside the spectra in a folder there may be words on them; files that were chosen one by one are all spectra.
    for (const path of files) {
      const fits = await startsLikeSpectrum(path)
      if (fits !== paths.includes(path)) return fits
    }
    return paths.every((path) => files.includes(path))
  },

  async preview(paths, choices) {
    return libraryPreview(contentOf(await readSpectrumFiles(paths), choices, paths))
  },

  async import(paths, choices, context) {
    context.onProgress('Reading the spectra', null)
    const files = await readSpectrumFiles(paths, context.signal)
    const content = contentOf(files, choices, paths)
    const read = [...files.spectra, ...files.wavelengths]
    const origin = []
    for (const [done, { path, bytes }] of read.entries()) {
      throwIfCancelled(context.signal)
      const sha256 = await withFile(path, (file) => sha256OfFile(file, context.signal))
      origin.push({ path, bytes, sha256 })
      context.onProgress('Checking the files', (done + 1) / read.length)
    }
    return importLibrary(content, origin, usedChoices(content.options), context)
  },
}

async function startsLikeSpectrum(path: string): Promise<boolean> {
  return withFile(path, async (file) => {
    const text = new TextDecoder('latin1').decode(await file.readUpTo(0, lookedAt))
    // The last line may be cut in two.
    const whole = file.bytes > lookedAt ? text.slice(0, text.lastIndexOf('\n')) : text
    return parseSpectrumText(whole) !== null
  })
}

function contentOf(
  { spectra, wavelengths, others }: SpectrumFiles,
  choices: ImportChoices,
  paths: readonly string[],
): LibraryContent {
  const sizes = channelCounts(spectra)
  const [most] = sizes
  if (most === undefined) {
    throw new FiligreeError(
      'invalid-file',
      'There are no spectra, only wavelengths or other texts. Choose the files of the spectra with them, or their folder.',
    )
  }
  const bands = Number(chosenWord(choices, 'channels', sizes.map(String), String(most)))
  const own = spectra.filter(({ values }) => values.length === bands)
  const fitting = byLikeness(
    wavelengths.filter(({ values }) => values.length === bands),
    own,
  )
  const names = [...fitting.map(({ path }) => basename(path)), withoutWavelengths]
  const chosen = chosenWord(choices, 'wavelengths', names, names[0] ?? withoutWavelengths)
  const axis = fitting.find(({ path }) => basename(path) === chosen) ?? null
  const values = new Float64Array(bands * own.length)
  own.forEach((spectrum, column) => {
    spectrum.values.forEach((value, band) => {
      values[band * own.length + column] = value
    })
  })
  return {
    format: { id: 'usgs-ascii', title: 'USGS ASCII spectra' },
    name: nameOfFile(paths[0] ?? ''),
    bytes: own.reduce((sum, { bytes }) => sum + bytes, axis?.bytes ?? 0),
    values,
    bands,
    names: own.map(({ title }) => title),
    wavelengths: axis?.values ?? null,
    unit: null,
    goodBands: null,
    quantity: 'Reflectance',
    variables: [...own, ...(axis === null ? [] : [axis])].slice(0, 20).map((file) => ({
      name: basename(file.path),
      shape: [file.values.length],
      dtype: 'text',
      role: file === axis ? 'wavelengths' : 'spectra',
    })),
    options: [
      ...(sizes.length > 1 ? [channelsOption(sizes, spectra, bands)] : []),
      ...(fitting.length > 0 ? [wavelengthsOption(fitting, chosen)] : []),
    ],
    notes: [...notesOf(spectra, own, bands, fitting, axis), ...othersNote(others)],
  }
}

/** Numbers of channels, the one of most spectra first. */
function channelCounts(spectra: readonly SpectrumFile[]): number[] {
  const counts = new Map<number, number>()
  for (const { values } of spectra) counts.set(values.length, (counts.get(values.length) ?? 0) + 1)
  return [...counts].sort(([a, many], [b, more]) => more - many || a - b).map(([channels]) => channels)
}

/** Lists of wavelengths, first the one whose words return in the names of most spectra: 'ASD' in 'ASDFRb'. */
function byLikeness(lists: readonly SpectrumFile[], spectra: readonly SpectrumFile[]): SpectrumFile[] {
  const titles = spectra.map(({ title }) => title.toLowerCase())
  const likeness = ({ title }: SpectrumFile) => {
    const words = title.toLowerCase().match(/[a-z]+\d*/g) ?? []
    const telling = words.filter((word) => word.length > 2 && !/^(wavelengths?|microns?|ch)$/.test(word))
    return Math.max(0, ...telling.map((word) => titles.filter((name) => name.includes(word)).length))
  }
  return [...lists].sort((a, b) => likeness(b) - likeness(a))
}

function channelsOption(
  sizes: readonly number[],
  spectra: readonly SpectrumFile[],
  value: number,
): ImportOption {
  const many = (channels: number) => spectra.filter(({ values }) => values.length === channels).length
  return {
    key: 'channels',
    title: 'Channels',
    help: 'Spectra of one instrument make a library; those of others are left out.',
    type: 'choice',
    choices: sizes.map((channels) => ({
      value: String(channels),
      title: `${grouped(channels)} (${counted(many(channels), 'spectrum', 'spectra')})`,
    })),
    value: String(value),
  }
}

function wavelengthsOption(fitting: readonly SpectrumFile[], value: string): ImportOption {
  return {
    key: 'wavelengths',
    title: 'Wavelengths',
    help: 'The file with the wavelengths of the instrument these spectra were measured by.',
    type: 'choice',
    choices: [
      ...fitting.map(({ path, title }) => ({ value: basename(path), title })),
      { value: withoutWavelengths, title: 'None' },
    ],
    value,
  }
}

function notesOf(
  spectra: readonly SpectrumFile[],
  own: readonly SpectrumFile[],
  bands: number,
  fitting: readonly SpectrumFile[],
  axis: SpectrumFile | null,
): string[] {
  const left = spectra.length - own.length
  const notes: string[] = []
  if (left > 0)
    notes.push(
      `${counted(left, 'spectrum', 'spectra')} of another number of channels than ${grouped(bands)} ${left === 1 ? 'is' : 'are'} left out: another instrument measured them.`,
    )
  if (axis !== null) notes.push(`The wavelengths are those of ${basename(axis.path)}.`)
  if (axis !== null && fitting.length > 1)
    notes.push(
      `${listed(fitting.map(({ path }) => basename(path)))} all have ${grouped(bands)} channels; check that the right one is chosen.`,
    )
  if (fitting.length === 0)
    notes.push(
      `No file of wavelengths with ${grouped(bands)} channels was chosen or lies beside the spectra or one folder up. Choose it with them.`,
    )
  return notes
}

function othersNote(others: readonly string[]): string[] {
  if (others.length === 0) return []
  return [
    `${counted(others.length, 'text')} among them ${others.length === 1 ? 'is' : 'are'} no spectrum in this form and left out: ${listed(others.slice(0, 3))}${others.length > 3 ? ', …' : ''}.`,
  ]
}
