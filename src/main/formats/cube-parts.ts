import { basename } from 'node:path'
import {
  bytesPerElement,
  type ArrayLayout,
  type ArrayReference,
  type ArraySource,
  type Axis,
} from '../../shared/array'
import type { ArraySummary, Dataset } from '../../shared/dataset'
import { throwIfCancelled } from './cancellation'
import { readBands, readLines } from './array-reader'
import { ArraySummariser } from './array-summary'
import type { ImporterPreview } from './importer'
import { applyScale } from './physical-values'
import type { RandomAccessFile } from './random-access-file'

/** Longest side of a preview picture. */
export const previewSide = 512
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

/** Counts a whole (line, sample, band) array, a few lines at a time. */
export async function summariseCube(
  source: ArraySource,
  physical: Pick<Dataset, 'scale' | 'noDataValue'>,
  progress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<ArraySummary> {
  const [lines = 0, samples = 0, bands = 0] = source.shape
  const counter = new ArraySummariser(source.shape, physical.scale, physical.noDataValue)
  const linesAtOnce = Math.max(1, Math.floor(countedAtOnce / (samples * bands)))
  for (let start = 0; start < lines; start += linesAtOnce) {
    throwIfCancelled(signal)
    counter.add(await readLines(source, start, Math.min(lines, start + linesAtOnce)))
    progress(Math.min(1, (start + linesAtOnce) / lines))
  }
  return counter.summary()
}
