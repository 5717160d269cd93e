import type { ImportedDataset } from '../formats'
import { axesOf, generatedDataset, type Generated } from './generated-dataset'
import { projectArray } from './project-array'

/** A generated scene as a dataset, with its truth. */
export async function describeScene(generated: Generated): Promise<ImportedDataset> {
  const { folder } = generated
  const endmembers = await projectArray(folder, 'endmembers.npy')
  const names = axesOf(generated, 'endmembers')[1]?.labels
  return generatedDataset(generated, await projectArray(folder, 'cube.npy'), {
    kind: 'cube',
    axes: axesOf(generated, 'cube'),
    quantity: { name: 'Reflectance', unit: null },
    // The scene knows which bands it spoiled, but a real file would not say: methods have to cope.
    goodBands: null,
    truth: {
      endmembers,
      abundances: await projectArray(folder, 'abundances.npy'),
      names: names ?? Array.from({ length: endmembers.shape[1] ?? 0 }, (_, index) => `Material ${index + 1}`),
      source: 'exact, by construction',
    },
  })
}
