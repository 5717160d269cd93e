import { readdir } from 'node:fs/promises'
import type { ArrayReference } from '../../shared/array'
import type { ImportedDataset } from '../formats'
import { axesOf, generatedDataset, type Generated } from './generated-dataset'
import { projectArray } from './project-array'

/**
 * A generated tensor as a dataset. `mask.npy` beside it says what is missing; every other artifact is its truth, kept as
 * the parts `true-core`, `true-factors-1` ….
 */
export async function describeTensor(generated: Generated): Promise<ImportedDataset> {
  const { folder, result } = generated
  const parts: Record<string, ArrayReference> = {}
  if ((await readdir(folder)).includes('mask.npy')) parts['mask'] = await projectArray(folder, 'mask.npy')
  for (const { name } of result.artifacts) {
    if (name !== 'tensor' && name !== 'mask')
      parts[`true-${name}`] = await projectArray(folder, `${name}.npy`)
  }
  const array = await projectArray(folder, 'tensor.npy')
  return generatedDataset(generated, array, { kind: 'tensor', axes: axesOf(generated, 'tensor'), parts })
}
