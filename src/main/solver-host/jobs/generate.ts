import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Axis } from '../../../shared/array'
import type { Dataset } from '../../../shared/dataset'
import type { MethodDescription } from '../../../shared/method'
import { arrayAsFloat64, readNpyHeader, type ImportedDataset } from '../../formats'
import { findMethod } from '../../methods'
import { loadNative } from '../../methods/native'
import { describeTensor } from '../generated-tensor'
import type { JobContext } from '../job-context'
import type { JobInput } from '../messages'
import { makeDataset } from '../new-dataset'
import { projectArray } from '../project-array'

/**
 * A dataset from a generator: a tensor where it says that it wrote one (an artifact `tensor`, with its axes; `mask.npy`
 * beside it says what is missing), else a scene with its truth.
 */
export async function generateJob(input: JobInput<'generate'>, context: JobContext): Promise<Dataset> {
  const method = findMethod(input.generator, 'generator')
  return makeDataset(input.project, input.dataset, async (folder) => {
    const result = await method.solve({}, input.parameters, {
      seed: input.seed,
      threads: input.threads,
      folder,
      onProgress: context.onProgress,
      signal: context.signal,
    })
    context.signal.throwIfAborted()
    return result.artifacts.some(({ name }) => name === 'tensor')
      ? describeTensor(folder, method.description, input, result)
      : describeScene(folder, method.description, input, result.warnings)
  })
}

async function describeScene(
  folder: string,
  method: MethodDescription,
  { parameters, seed, threads }: JobInput<'generate'>,
  warnings: string[],
): Promise<ImportedDataset> {
  const array = await projectArray(folder, 'cube.npy')
  const [lines = 0, samples = 0, bands = 0] = array.shape
  const endmembers = await projectArray(folder, 'endmembers.npy')
  const wavelengths = await vector(folder, 'wavelengths.npy')
  const corrupted = await vector(folder, 'corrupted.npy')
  const corruptedBands = corrupted.flatMap((value, band) => (value === 0 ? [] : [band]))
  const source = { ...array, path: join(folder, array.file) }
  return {
    kind: 'cube',
    origin: { type: 'generated', generator: method.id, version: method.version, parameters, seed },
    array,
    axes: [
      plainAxis('line', lines),
      plainAxis('sample', samples),
      { ...plainAxis('band', bands), unit: 'µm', coordinates: wavelengths },
    ],
    quantity: { name: 'Reflectance', unit: null },
    scale: 1,
    noDataValue: null,
    // The scene knows which bands it spoiled, but a real file would not say: methods have to cope.
    parts: {},
    goodBands: null,
    displayBands: null,
    truth: {
      endmembers,
      abundances: await projectArray(folder, 'abundances.npy'),
      names: Array.from({ length: endmembers.shape[1] ?? 0 }, (_, index) => `Material ${index + 1}`),
      source: 'exact, by construction',
    },
    summary: await loadNative().summariseArray(source, 1, null, threads),
    notes: [
      ...warnings,
      ...(corruptedBands.length === 0
        ? []
        : [`Bands replaced by noise, counted from 0: ${corruptedBands.join(', ')}.`]),
    ],
  }
}

/** A short vector that moves into dataset.json; its file is not needed any more. */
async function vector(folder: string, file: string): Promise<number[]> {
  const path = join(folder, file)
  const { values } = await arrayAsFloat64({ ...(await readNpyHeader(path)), path })
  await rm(path)
  return [...values]
}

function plainAxis(name: string, size: number): Axis {
  return { name, size, unit: null, coordinates: null, labels: null }
}
