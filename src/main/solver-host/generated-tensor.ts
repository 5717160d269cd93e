import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArrayReference } from '../../shared/array'
import type { MethodDescription, SolveResult } from '../../shared/method'
import type { ImportedDataset } from '../formats'
import { loadNative } from '../methods/native'
import { projectArray } from './project-array'
import type { JobInput } from './messages'

/**
 * A generated tensor as a dataset. `mask.npy` beside it says what is missing; every other artifact is its truth, kept as
 * the parts `true-core`, `true-factors-1` ….
 */
export async function describeTensor(
  folder: string,
  method: MethodDescription,
  { inputs, parameters, seed, threads }: JobInput<'generate'>,
  { artifacts, warnings }: SolveResult,
): Promise<ImportedDataset> {
  const array = await projectArray(folder, 'tensor.npy')
  const parts: Record<string, ArrayReference> = {}
  if ((await readdir(folder)).includes('mask.npy')) parts['mask'] = await projectArray(folder, 'mask.npy')
  for (const { name } of artifacts) {
    if (name !== 'tensor' && name !== 'mask')
      parts[`true-${name}`] = await projectArray(folder, `${name}.npy`)
  }
  return {
    kind: 'tensor',
    origin: { type: 'generated', generator: method.id, version: method.version, inputs, parameters, seed },
    array,
    axes: artifacts.find(({ name }) => name === 'tensor')?.axes ?? [],
    parts,
    quantity: { name: 'Value', unit: null },
    scale: 1,
    noDataValue: null,
    goodBands: null,
    displayBands: null,
    truth: null,
    summary: await loadNative().summariseArray(
      { ...array, path: join(folder, array.file) },
      1,
      null,
      threads,
    ),
    notes: warnings,
  }
}
