import { resolve, sep } from 'node:path'
import type { ArrayReference, ArraySource } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import type { PixelWindow } from '../../shared/data-address'
import { FiligreeError } from '../../shared/failure'
import {
  readBands,
  readPlane,
  readSpectrum,
  readWhole,
  type BandPlanes,
  type Float64Values,
} from './array-reader'
import { counted } from './wording'

/** Values of a cube that are shown at once. */
const mostShown = 2 ** 26

/**
 * The file behind an array of a dataset.
 * @param folder the dataset's folder; a reference inside the project may not leave it.
 */
export function arraySource(reference: ArrayReference, folder: string): ArraySource {
  const { dtype, byteOrder, offset, shape, strides } = reference
  const path = reference.location === 'external' ? reference.file : resolve(folder, reference.file)
  if (reference.location === 'project' && !path.startsWith(resolve(folder) + sep)) {
    throw new FiligreeError('not-allowed', `"${reference.file}" lies outside the folder of its dataset.`)
  }
  return { path, dtype, byteOrder, offset, shape, strides }
}

/** Turns stored numbers into physical ones in place: NaN where there is no data, times the scale elsewhere. */
export function applyScale(values: Float32Array | Float64Array, scale: number, noData: number | null): void {
  if (scale === 1 && noData === null) return
  // A value read as float32 is compared with the marker as float32 holds it.
  const marker = noData !== null && values instanceof Float32Array ? Math.fround(noData) : noData
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? Number.NaN
    values[i] = value === marker ? Number.NaN : value * scale
  }
}

/** Smallest and largest finite value; null where there is none. */
export function finiteRange(
  values: Float32Array | Float64Array,
): { minimum: number; maximum: number } | null {
  let minimum = Number.POSITIVE_INFINITY
  let maximum = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
  }
  return minimum <= maximum ? { minimum, maximum } : null
}

/** Bands as they are shown, with their range over all of them. */
export interface PhysicalBands extends BandPlanes {
  minimum: number | null
  maximum: number | null
}

/**
 * Bands of a cube, or of a window of it, in physical units, NaN where there is no data, thinned so that no
 * side is longer than `side`. Throws `invalid-parameter` for bands the cube has not, `not-found` for a vanished file.
 */
export async function bandsOfCube(
  dataset: Dataset,
  folder: string,
  bands: readonly number[],
  side: number,
  window: PixelWindow | null = null,
  signal?: AbortSignal,
): Promise<PhysicalBands> {
  requireCube(dataset)
  requireInside(dataset, window)
  if (!Number.isInteger(side) || side < 1) {
    throw new FiligreeError(
      'invalid-parameter',
      'The longest side of a picture must be a whole number above 0.',
    )
  }
  const [lines = 0, samples = 0] = dataset.array.shape
  const shown = bands.length * Math.min(lines, side) * Math.min(samples, side)
  if (bands.length === 0 || shown > mostShown) {
    throw new FiligreeError(
      'invalid-parameter',
      bands.length === 0
        ? 'No band was asked for.'
        : `${counted(bands.length, 'band')} at this size are ${counted(shown, 'number')}; at most ${counted(mostShown, 'number')} are shown at once.`,
    )
  }
  const planes = await readBands(arraySource(dataset.array, folder), bands, side, window, signal)
  applyScale(planes.values, dataset.scale, dataset.noDataValue)
  const range = finiteRange(planes.values)
  return { ...planes, minimum: range?.minimum ?? null, maximum: range?.maximum ?? null }
}

/** The spectrum of one pixel in physical units: doubles (bands), NaN where there is no data. */
export async function spectrumOfPixel(
  dataset: Dataset,
  folder: string,
  line: number,
  sample: number,
): Promise<Float64Array> {
  requireCube(dataset)
  const spectrum = await readSpectrum(arraySource(dataset.array, folder), line, sample)
  applyScale(spectrum, dataset.scale, dataset.noDataValue)
  return spectrum
}

/** An array whole as doubles in C order, or one entry of its first axis; in the numbers of the file. */
export async function arrayAsFloat64(
  source: ArraySource,
  index: number | null = null,
): Promise<Float64Values> {
  return index === null ? readWhole(source) : readPlane(source, index)
}

function requireInside(dataset: Dataset, window: PixelWindow | null): void {
  if (window === null) return
  const { firstLine, lastLine, firstSample, lastSample } = window
  const [lines = 0, samples = 0] = dataset.array.shape
  const inside = (first: number, last: number, size: number) => 0 <= first && first <= last && last < size
  if (inside(firstLine, lastLine, lines) && inside(firstSample, lastSample, samples)) return
  throw new FiligreeError(
    'invalid-parameter',
    `Lines ${firstLine} to ${lastLine} and samples ${firstSample} to ${lastSample} are no window of ${dataset.name}, which has ${lines} lines and ${samples} samples.`,
  )
}

function requireCube(dataset: Dataset): void {
  if (dataset.kind === 'cube' && dataset.array.shape.length === 3) return
  throw new FiligreeError('invalid-data', `${dataset.name} is not a cube: it is a ${dataset.kind}.`)
}
