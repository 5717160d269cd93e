import { elementCount, rowMajorStrides, type ArraySource } from '../../shared/array'
import type { PixelWindow } from '../../shared/data-address'
import { FiligreeError } from '../../shared/failure'
import { gather, requireLayoutFits } from './gather'
import { withFile } from './random-access-file'
import { counted } from './wording'

/** Largest array handed out whole: 2 GiB of doubles. */
const largestWhole = 2 ** 28

export interface Float64Values {
  values: Float64Array
  /** C order. */
  shape: number[]
}

/** Bands of a cube, float32 in C order (bands, lines, samples). */
export interface BandPlanes {
  values: Float32Array
  shape: [bands: number, lines: number, samples: number]
  /** Every so many lines and samples one was taken. */
  step: number
}

function allIndices(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index)
}

/** What is taken of each axis; null takes all of it. */
type Selection = readonly (readonly number[] | null)[]

async function read(source: ArraySource, selection: Selection): Promise<Float64Array> {
  const shape = selection.map((indices, axis) => indices?.length ?? source.shape[axis] ?? 0)
  const count = elementCount(shape)
  if (count > largestWhole) {
    throw new FiligreeError(
      'out-of-memory',
      `${counted(count, 'number')} are too many to hold at once; at most ${counted(largestWhole, 'number')} are read whole.`,
    )
  }
  return withFile(source.path, async (file) => {
    // Before memory is taken: a header may promise more than any file has.
    requireLayoutFits(source, file)
    const picks = selection.map((indices, axis) => indices ?? allIndices(source.shape[axis] ?? 0))
    const out = new Float64Array(count)
    await gather(file, source, picks, out, rowMajorStrides(shape))
    return out
  })
}

/** A whole array as doubles, C order. */
export async function readWhole(source: ArraySource): Promise<Float64Values> {
  return {
    values: await read(
      source,
      source.shape.map(() => null),
    ),
    shape: [...source.shape],
  }
}

/** One entry of the first axis as doubles; its shape is the rest of the array's. */
export async function readPlane(source: ArraySource, index: number): Promise<Float64Values> {
  const rest = source.shape.slice(1)
  const values = await read(source, [[index], ...rest.map(() => null)])
  return { values, shape: rest.length === 0 ? [1] : rest }
}

/** Some rows of a (row, column) array as doubles, C order. */
export async function readRows(source: ArraySource, rows: readonly number[]): Promise<Float64Array> {
  return read(source, [rows, null])
}

/** The spectrum of one pixel of a (line, sample, band) array: doubles (bands). */
export async function readSpectrum(source: ArraySource, line: number, sample: number): Promise<Float64Array> {
  return read(source, [[line], [sample], null])
}

/** A range of lines of a (line, sample, band) array as doubles, C order. */
export async function readLines(source: ArraySource, start: number, end: number): Promise<Float64Array> {
  const lines = allIndices(end - start).map((line) => line + start)
  return read(source, [lines, ...source.shape.slice(1).map(() => null)])
}

/** Indices of an axis when every `step`-th one is taken, the first included. */
export function thinnedIndices(size: number, step: number): number[] {
  return allIndices(Math.ceil(size / step)).map((index) => index * step)
}

/**
 * Bands of a (line, sample, band) array, or of a window of it, thinned by one step for both directions so that neither has
 * more than `side` pixels. Only the needed stretches of the file are read: whole planes of BSQ, row runs
 * of BIL, one pass over the needed lines of BIP.
 */
export async function readBands(
  source: ArraySource,
  bands: readonly number[],
  side: number,
  window: PixelWindow | null = null,
  signal?: AbortSignal,
): Promise<BandPlanes> {
  const [lines = 0, samples = 0] = source.shape
  const seen = window ?? { firstLine: 0, lastLine: lines - 1, firstSample: 0, lastSample: samples - 1 }
  const height = seen.lastLine - seen.firstLine + 1
  const width = seen.lastSample - seen.firstSample + 1
  const step = Math.max(1, Math.ceil(Math.max(height, width) / side))
  const picks = [
    thinnedIndices(height, step).map((line) => seen.firstLine + line),
    thinnedIndices(width, step).map((sample) => seen.firstSample + sample),
    bands,
  ]
  const shape: BandPlanes['shape'] = [bands.length, picks[0]?.length ?? 0, picks[1]?.length ?? 0]
  return withFile(source.path, async (file) => {
    requireLayoutFits(source, file)
    const values = new Float32Array(elementCount(shape))
    await gather(file, source, picks, values, [shape[2], 1, shape[1] * shape[2]], signal)
    return { values, shape, step }
  })
}
