import { join } from 'node:path'
import type { ArraySource, Axis } from '../../../shared/array'
import type { CubeValue, SolveContext } from '../../../shared/method'
import { readNpyHeader } from '../../formats'
import { callNative, type CubeInput, type Info } from '../native'
import { keptBandAxis, plainAxis, type Preparation } from './preparation'

/** Writes prepared pixels into the folder of the context: all of them, or a sample drawn with replacement. */
export function preparePixels(
  input: CubeInput,
  nonNegative: boolean,
  sample: number | null,
  context: SolveContext,
): Promise<Info> {
  return callNative(context, (native, nativeContext) =>
    native.preparedPixels(input, nonNegative, sample, nativeContext),
  )
}

/** The whole scene as `preparePixels` wrote it, bands outermost. */
export async function wholeCube(
  cube: CubeValue,
  preparation: Preparation,
  folder: string,
): Promise<CubeValue> {
  const { shape, strides, ...source } = await pixelsOf(folder)
  const turned = <Value>([band, line, sample]: Value[]) => [line, sample, band].flatMap((each) => each ?? [])
  const [line, sample] = cube.dataset.axes
  return preparedCube(
    cube,
    { ...source, shape: turned(shape), strides: turned(strides) },
    [line ?? plainAxis('line', shape[1] ?? 0), sample ?? plainAxis('sample', shape[2] ?? 0)],
    preparation,
  )
}

/** A sample of the scene as `preparePixels` wrote it: one line of pixels. */
export async function sampledCube(
  cube: CubeValue,
  preparation: Preparation,
  folder: string,
): Promise<CubeValue> {
  const source = await pixelsOf(folder)
  const axes: [Axis, Axis] = [plainAxis('line', 1), plainAxis('sample', source.shape[1] ?? 0)]
  return preparedCube(cube, source, axes, preparation)
}

async function pixelsOf(folder: string): Promise<ArraySource> {
  const path = join(folder, 'pixels.npy')
  return { ...(await readNpyHeader(path)), path }
}

function preparedCube(
  { dataset }: CubeValue,
  source: ArraySource,
  [line, sample]: [Axis, Axis],
  preparation: Preparation,
): CubeValue {
  const { path, ...layout } = source
  return {
    source,
    dataset: {
      ...dataset,
      array: { ...dataset.array, ...layout, location: 'external', file: path, sha256: null },
      axes: [line, sample, keptBandAxis(dataset, preparation)],
      scale: 1,
      noDataValue: null,
      goodBands: null,
      displayBands: null,
      truth: null,
      summary: null,
    },
  }
}
