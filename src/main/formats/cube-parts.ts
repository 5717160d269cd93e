import { basename } from 'node:path'
import {
  bytesPerElement,
  elementCount,
  type ArrayLayout,
  type ArrayReference,
  type ArraySource,
  type Axis,
} from '../../shared/array'
import type { ArraySummary, Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { throwIfCancelled } from './cancellation'
import { readBands, readLines } from './array-reader'
import { ArraySummariser } from './array-summary'
import type { ImportContext, ImporterPreview } from './importer'
import { applyScale } from './physical-values'
import type { RandomAccessFile } from './random-access-file'
import { counted } from './wording'

/** Longest side of a preview picture. */
export const previewSide = 512
/** Up to this size a scene that stays where it is is counted while it is imported. */
export const countedBytes = 64 * 1024 * 1024
/** Elements read and counted at once. */
const countedAtOnce = 2 ** 20

/** What is known of a spectral axis; all null where a file says nothing. */
export interface SpectralAxis {
  wavelengths: number[] | null
  unit: string | null
  names: string[] | null
}

/** Axes of a (line, sample, band) array. */
export function cubeAxes(shape: readonly number[], spectral: SpectralAxis): Axis[] {
  const [lines = 0, samples = 0, bands = 0] = shape
  return [
    { name: 'line', size: lines, unit: null, coordinates: null, labels: null },
    { name: 'sample', size: samples, unit: null, coordinates: null, labels: null },
    {
      name: 'band',
      size: bands,
      unit: spectral.wavelengths === null ? null : spectral.unit,
      coordinates: spectral.wavelengths,
      labels: spectral.names,
    },
  ]
}

/** A file that stays where it is, with its size and time. */
export function externalReference(layout: ArrayLayout, file: RandomAccessFile): ArrayReference {
  const { dtype, byteOrder, offset, shape, strides } = layout
  return {
    ...{ dtype, byteOrder, offset, shape, strides },
    location: 'external',
    file: file.path,
    bytes: file.bytes,
    sha256: null,
    modifiedAt: file.modifiedAt,
  }
}

/** A dataset's name as the file suggests it: `scene.img` → 'scene'. */
export function nameOfFile(path: string): string {
  const name = basename(path)
  return name.replace(/\.[^.]+$/, '') || name
}

/** The picture of one band of a cube in physical units. */
export async function previewPlane(
  source: ArraySource,
  band: number,
  physical: Pick<Dataset, 'scale' | 'noDataValue'>,
): Promise<NonNullable<ImporterPreview['plane']>> {
  const [lines = 0, samples = 0, bands = 0] = source.shape
  // A line of BIP is read whole for one band of it: of a very large file fewer lines are shown.
  const lineBytes = samples * bands * bytesPerElement[source.dtype]
  const side = lines * lineBytes > 2 ** 30 && source.strides[2] === 1 ? previewSide / 4 : previewSide
  const planes = await readBands(source, [band], side)
  applyScale(planes.values, physical.scale, physical.noDataValue)
  return { lines: planes.shape[1], samples: planes.shape[2], values: planes.values }
}

/**
 * Counts a whole (line, sample, band) array, a few lines at a time. Null for one that is larger than
 * `countedBytes`: it is counted when it is first used, so that its import stays instant.
 */
export async function summariseCube(
  source: ArraySource,
  physical: Pick<Dataset, 'scale' | 'noDataValue'>,
  context: ImportContext,
): Promise<ArraySummary | null> {
  const [lines = 0, samples = 0, bands = 0] = source.shape
  if (elementCount(source.shape) * bytesPerElement[source.dtype] > countedBytes) return null
  const counter = new ArraySummariser(source.shape, physical.scale, physical.noDataValue)
  const linesAtOnce = Math.max(1, Math.floor(countedAtOnce / (samples * bands)))
  for (let start = 0; start < lines; start += linesAtOnce) {
    throwIfCancelled(context.signal)
    counter.add(await readLines(source, start, Math.min(lines, start + linesAtOnce)))
    context.onProgress('Counting values', Math.min(1, (start + linesAtOnce) / lines))
  }
  return counter.summary()
}

/** The one file of a format that has no second; more than one was refused when the importer was chosen. */
export function onlyPath(paths: readonly string[]): string {
  const [path] = paths
  if (path === undefined) throw new FiligreeError('not-found', 'No file was given.')
  return path
}

/** '95 lines × 95 samples × 156 bands'. */
export function cubeSizeText(shape: readonly number[]): string {
  const [lines = 0, samples = 0, bands = 0] = shape
  return `${counted(lines, 'line')} × ${counted(samples, 'sample')} × ${counted(bands, 'band')}`
}
