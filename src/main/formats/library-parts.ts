import { join } from 'node:path'
import type { Axis } from '../../shared/array'
import type { DatasetOrigin, ImportChoices, ImportOption, ImportPreview } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { ArraySummariser } from './array-summary'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { writeNpy } from './npy-writer'
import { counted, figure, grouped, listed } from './wording'
import { unifiedWavelengths } from './wavelength-unit'

/** USGS libraries mark deleted channels by −1.23e34. */
const deletedBelow = -1e30

/** A spectral library as a format read it, before any of it is written. */
export interface LibraryContent {
  format: { id: string; title: string }
  name: string
  bytes: number
  /** (band, spectrum) in C order, in physical units; becomes the dataset's array. */
  values: Float64Array
  bands: number
  /** A name a spectrum. */
  names: string[]
  /** As the file has them, whatever their unit; null where it has none. */
  wavelengths: number[] | null
  /** The unit the file names; null where it does not say. */
  unit: string | null
  goodBands: boolean[] | null
  quantity: string
  variables: ImportPreview['variables']
  options: ImportOption[]
  /** What was guessed or ignored, as sentences. */
  notes: string[]
}

/** Spectra and bands of the preview: enough to see what kind of library it is. */
const mostCurves = 12
const mostPlaces = 512

/** What an import of a library would make. Its picture is a line a spectrum, which the page draws as a curve. */
export function libraryPreview(content: LibraryContent): ImporterPreview {
  const { axes, notes, values } = describe(content)
  const [band, spectrum] = axes
  const [first, last] = [band.coordinates?.[0], band.coordinates?.at(-1)]
  return {
    preview: {
      format: content.format,
      name: content.name,
      kind: 'library',
      external: false,
      bytes: content.bytes,
      facts: [
        { label: 'Spectra', value: grouped(content.names.length) },
        { label: 'Bands', value: grouped(content.bands) },
        ...(first === undefined || last === undefined
          ? []
          : [
              {
                label: 'Wavelengths',
                value: `${figure(first)} to ${figure(last)}${band.unit === null ? '' : ` ${band.unit}`}`,
              },
            ]),
        { label: 'First spectra', value: listed((spectrum.labels ?? []).slice(0, 3)) },
      ],
      variables: content.variables,
      options: content.options,
      axes,
      truth: null,
      previewBand: null,
      warnings: notes,
    },
    plane: previewCurves(values, content.bands, content.names.length),
  }
}

/** Some spectra of a library (bands, spectra), evenly chosen, each over evenly chosen bands. */
function previewCurves(values: Float64Array, bands: number, count: number): ImporterPreview['plane'] {
  const lines = Math.min(count, mostCurves)
  const step = Math.ceil(bands / mostPlaces)
  const samples = Math.ceil(bands / step)
  const curves = new Float32Array(lines * samples)
  for (let line = 0; line < lines; line += 1) {
    const spectrum = Math.floor((line * count) / lines)
    for (let place = 0; place < samples; place += 1) {
      curves[line * samples + place] = values[place * step * count + spectrum] ?? Number.NaN
    }
  }
  return { lines, samples, values: curves }
}

/** Writes a library into the project. */
export async function importLibrary(
  content: LibraryContent,
  files: Extract<DatasetOrigin, { type: 'file' }>['files'],
  choices: ImportChoices,
  context: ImportContext,
): Promise<ImportedDataset> {
  const { axes, notes, values } = describe(content)
  context.onProgress('Writing the spectra', null)
  const shape = [content.bands, content.names.length]
  const summariser = new ArraySummariser(shape)
  summariser.add(values)
  return {
    kind: 'library',
    origin: { type: 'file', format: content.format.id, files, choices },
    array: await writeNpy(join(context.folder, 'library.npy'), 'float64', shape, values),
    axes,
    parts: {},
    quantity: { name: content.quantity, unit: null },
    scale: 1,
    noDataValue: null,
    goodBands: content.goodBands,
    displayBands: null,
    truth: null,
    summary: summariser.summary(),
    notes,
  }
}

/** Axes, cleaned values and everything a person should know. Throws `invalid-file` for a library without spectra. */
function describe(content: LibraryContent): { axes: [Axis, Axis]; values: Float64Array; notes: string[] } {
  const { bands, names } = content
  if (bands < 2 || names.length === 0) {
    throw new FiligreeError(
      'invalid-file',
      `${content.name} has ${counted(names.length, 'spectrum', 'spectra')} of ${counted(bands, 'band')}; a library needs at least one spectrum of two bands.`,
    )
  }
  const unified = content.wavelengths === null ? null : unifiedWavelengths(content.wavelengths, content.unit)
  const labels = uniqueNames(names)
  const { values, missing } = withoutMarkers(content)
  return {
    axes: [
      {
        name: 'band',
        size: bands,
        unit: unified?.unit ?? null,
        coordinates: unified?.wavelengths ?? null,
        labels: null,
      },
      { name: 'spectrum', size: names.length, unit: null, coordinates: null, labels },
    ],
    values,
    notes: [
      ...content.notes,
      ...(unified?.notes ?? [
        'The file has no wavelengths: the spectra fit scenes with the same bands only.',
      ]),
      ...missingNote(labels, missing),
      ...duplicateNote(values, bands, labels),
    ],
  }
}

/** The same names, those that return told apart by a number: a name is how a spectrum is found again. */
function uniqueNames(names: readonly string[]): string[] {
  const plain = names.map(
    (name, index) => name.replaceAll(/\s+/g, ' ').trim() || `Spectrum ${String(index + 1)}`,
  )
  const taken = new Set<string>()
  return plain.map((name) => {
    let unique = name
    for (let copy = 2; taken.has(unique); copy += 1) unique = `${name} (${String(copy)})`
    taken.add(unique)
    return unique
  })
}

function withoutMarkers({ values, names }: LibraryContent): { values: Float64Array; missing: Set<number> } {
  const missing = new Set<number>()
  const cleaned = values.map((value, index) => {
    if (Number.isFinite(value) && value > deletedBelow) return value
    missing.add(index % names.length)
    return Number.NaN
  })
  return { values: cleaned, missing }
}

function missingNote(labels: readonly string[], missing: ReadonlySet<number>): string[] {
  if (missing.size === 0) return []
  const named = listed([...missing].slice(0, 3).map((index) => labels[index] ?? ''))
  return [
    `${counted(missing.size, 'spectrum has', 'spectra have')} missing values (${named}${missing.size > 3 ? ', …' : ''}). Pruning or resampling the library leaves such spectra out; other methods refuse them.`,
  ]
}

function duplicateNote(values: Float64Array, bands: number, labels: readonly string[]): string[] {
  const known = new Map<string, number>()
  const pairs: string[] = []
  for (let spectrum = 0; spectrum < labels.length; spectrum += 1) {
    const key = Array.from({ length: bands }, (_, band) => values[band * labels.length + spectrum]).join(',')
    const first = known.get(key)
    if (first === undefined) known.set(key, spectrum)
    else pairs.push(`${labels[spectrum] ?? ''} equals ${labels[first] ?? ''}`)
  }
  if (pairs.length === 0) return []
  return [
    `${counted(pairs.length, 'spectrum is', 'spectra are')} there twice (${listed(pairs.slice(0, 3))}${pairs.length > 3 ? ', …' : ''}). Abundances cannot tell equal spectra apart; prune the library to keep one of each.`,
  ]
}
