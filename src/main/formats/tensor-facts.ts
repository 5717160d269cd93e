import { bytesPerElement, elementCount, type ArraySource } from '../../shared/array'
import { thinning } from '../../shared/tensor-slice'
import { entryBlocks } from './entry-scan'
import { requireLayoutFits } from './gather'
import { finiteRange } from './physical-values'
import { withFile } from './random-access-file'
import { decodeElements } from './real-array'

/** Numbers a histogram looks at, in runs that are spread evenly over the file. */
const sampledRuns = 64
const runElements = 2 ** 14

/** Counts of values in bins of one width; all values of a small array, an even sample of a large one. */
export interface Histogram {
  low: number
  high: number
  counts: Float64Array
}

/**
 * The histogram of an array whose elements fill one stretch of a file. Entries that are missing by `mask` (an array in
 * the same order) and values that are not finite are left out; null where nothing is left.
 */
export async function histogramOf(
  source: ArraySource,
  mask: ArraySource | null,
  bins: number,
): Promise<Histogram | null> {
  const total = elementCount(source.shape)
  const runs = total <= sampledRuns * runElements ? [{ start: 0, count: total }] : spreadRuns(total)
  const values = await readRuns(source, runs)
  const missing = mask === null ? null : await readRuns(mask, runs)
  const kept = values.filter(
    (value, index) => Number.isFinite(value) && (missing === null || missing[index] === 0),
  )
  const range = finiteRange(kept)
  if (range === null) return null
  const { minimum: low, maximum: high } = range
  const counts = new Float64Array(bins)
  const width = (high - low) / bins || 1
  for (const value of kept) {
    const bin = Math.min(bins - 1, Math.floor((value - low) / width))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return { low, high, counts }
}

function spreadRuns(total: number): { start: number; count: number }[] {
  return Array.from({ length: sampledRuns }, (_, run) => ({
    start: Math.floor((run * (total - runElements)) / (sampledRuns - 1)),
    count: runElements,
  }))
}

async function readRuns(
  source: ArraySource,
  runs: readonly { start: number; count: number }[],
): Promise<Float64Array> {
  return withFile(source.path, async (file) => {
    requireLayoutFits(source, file)
    const size = bytesPerElement[source.dtype]
    const out = new Float64Array(runs.reduce((sum, { count }) => sum + count, 0))
    let at = 0
    for (const { start, count } of runs) {
      const buffer = new ArrayBuffer(count * size)
      await file.readInto(new Uint8Array(buffer), source.offset + start * size)
      out.set(decodeElements(source.dtype, source.byteOrder, buffer, count), at)
      at += count
    }
    return out
  })
}

/** Entries of a scattered tensor along one mode, in at most `most` bins of neighbouring indices. */
export async function occupancyOf(
  indices: ArraySource,
  mode: number,
  size: number,
  most: number,
): Promise<Float64Array> {
  const { step, count } = thinning(size, most)
  const counts = new Float64Array(count)
  const modes = indices.shape[1] ?? 1
  await withFile(indices.path, async (file) => {
    for await (const block of entryBlocks(file, indices)) {
      for (let entry = 0; entry < block.count; entry += 1) {
        const bin = Math.floor((block.values[entry * modes + mode] ?? 0) / step)
        counts[bin] = (counts[bin] ?? 0) + 1
      }
    }
  })
  return counts
}

/** How many entries every fold keeps back; of (entry, fold) flags. */
export async function foldCounts(holdOut: ArraySource): Promise<Float64Array> {
  const folds = holdOut.shape[1] ?? 1
  const counts = new Float64Array(folds)
  await withFile(holdOut.path, async (file) => {
    for await (const block of entryBlocks(file, holdOut)) {
      for (let at = 0; at < block.count * folds; at += 1) {
        if (block.values[at] !== 0) counts[at % folds] = (counts[at % folds] ?? 0) + 1
      }
    }
  })
  return counts
}
