import { join } from 'node:path'
import type { Dataset } from '../../../shared/dataset'
import type { MethodDescription, SolveResult } from '../../../shared/method'
import type { ImportedDataset } from '../../formats'
import { findMethod } from '../../methods'
import { loadNative } from '../../methods/native'
import { describeTensor } from '../generated-tensor'
import type { JobContext } from '../job-context'
import type { JobInput } from '../messages'
import { makeDataset } from '../new-dataset'
import { projectArray } from '../project-array'
import { resolveInputs } from '../resolve-inputs'
import { ProjectPaths } from '../../store/project-paths'

/**
 * A dataset from a generator: a tensor where it says that it wrote one (an artifact `tensor`, with its axes; `mask.npy`
 * beside it says what is missing), else a scene with its truth.
 */
export async function generateJob(input: JobInput<'generate'>, context: JobContext): Promise<Dataset> {
  const method = findMethod(input.generator, 'generator')
  return makeDataset(input.project, input.dataset, async (folder) => {
    const references = Object.entries(input.inputs).map(([name, { reference }]) => [name, reference] as const)
    const { values } = await resolveInputs(
      new ProjectPaths(input.project),
      method.description,
      Object.fromEntries(references),
    )
    const result = await method.solve(values, input.parameters, {
      seed: input.seed,
      threads: input.threads,
      folder,
      onProgress: context.onProgress,
      signal: context.signal,
    })
    context.signal.throwIfAborted()
    return result.artifacts.some(({ name }) => name === 'tensor')
      ? describeTensor(folder, method.description, input, result)
      : describeScene(folder, method.description, input, result)
  })
}

async function describeScene(
  folder: string,
  method: MethodDescription,
  { inputs, parameters, seed, threads }: JobInput<'generate'>,
  { artifacts, warnings }: SolveResult,
): Promise<ImportedDataset> {
  const array = await projectArray(folder, 'cube.npy')
  const endmembers = await projectArray(folder, 'endmembers.npy')
  const axesOf = (artifact: string) => artifacts.find(({ name }) => name === artifact)?.axes ?? []
  const names = axesOf('endmembers')[1]?.labels
  const source = { ...array, path: join(folder, array.file) }
  return {
    kind: 'cube',
    origin: { type: 'generated', generator: method.id, version: method.version, inputs, parameters, seed },
    array,
    axes: axesOf('cube'),
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
      names: names ?? Array.from({ length: endmembers.shape[1] ?? 0 }, (_, index) => `Material ${index + 1}`),
      source: 'exact, by construction',
    },
    summary: await loadNative().summariseArray(source, 1, null, threads),
    notes: warnings,
  }
}
