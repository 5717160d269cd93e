import { join } from 'node:path'
import type { ArraySource, Axis } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { figureOffset } from '../../shared/method'
import type { Artifact, RunRecord } from '../../shared/run'
import type { SliceRequest } from '../../shared/tensor-slice'
import {
  applyScale,
  arraySource,
  denseSlice,
  foldCounts,
  histogramOf,
  occupancyOf,
  scatteredSlice,
  tuckerNpy,
  tuckerSlice,
  type FilePieces,
  type SliceOptions,
  type SlicePlane,
  type TuckerSource,
} from '../formats'

/** Bins of a histogram, and most bins of counts along a mode. */
const histogramBins = 96
const occupancyBins = 1024

/** A slice of a tensor or a cube in physical units, thinned to `side`; NaN where a value is missing. */
export async function sliceOfDataset(
  dataset: Dataset,
  folder: string,
  slice: SliceRequest,
  options: SliceOptions,
): Promise<SlicePlane> {
  const source = tensorArray(dataset, folder)
  const { indices, mask } = dataset.parts
  const plane =
    indices === undefined
      ? await denseSlice(source, mask === undefined ? null : arraySource(mask, folder), slice, options)
      : await scatteredSlice(
          {
            values: source,
            indices: arraySource(indices, folder),
            sizes: dataset.axes.map(({ size }) => size),
          },
          slice,
          options,
        )
  applyScale(plane.values, dataset.scale, dataset.noDataValue)
  return plane
}

/** How the values of a tensor spread: counts (bin), and the ends of the first and the last bin. */
export async function histogramOfDataset(
  dataset: Dataset,
  folder: string,
): Promise<{ values: Float64Array; low: number; high: number }> {
  const { mask, indices } = dataset.parts
  // A mask of a dense tensor lies in the order of its array, and one of a scattered tensor beside its entries.
  const found = await histogramOf(
    tensorArray(dataset, folder),
    mask === undefined ? null : arraySource(mask, folder),
    histogramBins,
  )
  if (found !== null) return { values: found.counts, low: found.low, high: found.high }
  throw new FiligreeError(
    'invalid-data',
    indices === undefined ? 'No value of this tensor is finite.' : 'No entry of this tensor is finite.',
  )
}

/** Entries of a scattered tensor along a mode. */
export async function occupancyOfDataset(
  dataset: Dataset,
  folder: string,
  mode: number,
): Promise<Float64Array> {
  const { indices } = dataset.parts
  const axis = dataset.axes[mode]
  if (indices === undefined || axis === undefined) {
    throw new FiligreeError('invalid-parameter', `${dataset.name} has no scattered mode ${mode + 1}.`)
  }
  return occupancyOf(arraySource(indices, folder), mode, axis.size, occupancyBins)
}

/** Entries every hold-out fold keeps back. */
export async function foldsOfDataset(dataset: Dataset, folder: string): Promise<Float64Array> {
  const { holdOut } = dataset.parts
  if (holdOut === undefined) {
    throw new FiligreeError('not-found', `${dataset.name} has no hold-out folds.`)
  }
  return foldCounts(arraySource(holdOut, folder))
}

/** A slice of an array a run wrote. */
export async function sliceOfArtifact(
  artifact: Artifact,
  folder: string,
  slice: SliceRequest,
  options: SliceOptions,
): Promise<SlicePlane> {
  return denseSlice(sourceOf(artifact, folder), null, slice, options)
}

/** A slice of what core and factors of a run make together; nothing else of the tensor is formed. */
export async function sliceOfReconstruction(
  record: RunRecord,
  folder: string,
  slice: SliceRequest,
  options: SliceOptions,
): Promise<SlicePlane> {
  return tuckerSlice(tuckerOf(record, folder), slice, options)
}

/** What core and factors of a run make together as pieces of a .npy file, no mode longer than `most`. */
export function reconstructionNpy(record: RunRecord, folder: string, most: number): FilePieces {
  return tuckerNpy(tuckerOf(record, folder), most)
}

function tuckerOf(record: RunRecord, folder: string): TuckerSource {
  const named = new Map(record.artifacts.map((artifact) => [artifact.name, artifact]))
  const core = named.get('core')
  const factors = (core?.shape ?? []).flatMap((_, mode) => named.get(`factors-${mode + 1}`) ?? [])
  if (core === undefined || factors.length < core.shape.length) {
    throw new FiligreeError('not-found', `Run ${record.id} has no core and factors to reconstruct from.`)
  }
  return {
    core: sourceOf(core, folder),
    factors: factors.map((factor) => sourceOf(factor, folder)),
    offset: figureOffset(record.figures),
  }
}

/** The modes of the tensor a run decomposed, as its factors have them. */
export function modesOfRun({ artifacts }: RunRecord): Axis[] {
  const ofFactors = ({ name, axes }: Artifact) => (/^factors-\d+$/.test(name) ? axes.slice(0, 1) : [])
  return artifacts.flatMap(ofFactors)
}

function tensorArray(dataset: Dataset, folder: string): ArraySource {
  if (dataset.kind === 'tensor' || dataset.kind === 'cube') return arraySource(dataset.array, folder)
  throw new FiligreeError('invalid-data', `${dataset.name} is not a tensor: it is a ${dataset.kind}.`)
}

function sourceOf({ dtype, byteOrder, offset, shape, strides, file }: Artifact, folder: string): ArraySource {
  return { path: join(folder, file), dtype, byteOrder, offset, shape, strides }
}
