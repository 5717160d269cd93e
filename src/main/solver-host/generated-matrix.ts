import type { ArrayReference } from '../../shared/array'
import type { ImportedDataset } from '../formats'
import { axesOf, generatedDataset, type Generated } from './generated-dataset'
import { projectArray } from './project-array'

/**
 * A generated matrix as a dataset: the artifact `values`, whose axes are the rows and columns of the matrix, and every
 * other artifact as the part of its name (`rows`, `columns`, `rightHandSide` …). An artifact `grid` has no file: its
 * axes are the grid of the unknowns.
 */
export async function describeMatrix(generated: Generated): Promise<ImportedDataset> {
  const { folder, result } = generated
  const parts: Record<string, ArrayReference> = {}
  for (const { name } of result.artifacts) {
    if (name !== 'values' && name !== 'grid') parts[name] = await projectArray(folder, `${name}.npy`)
  }
  const grid = axesOf(generated, 'grid')
  return generatedDataset(generated, await projectArray(folder, 'values.npy'), {
    kind: 'matrix',
    axes: axesOf(generated, 'values'),
    parts,
    ...(grid.length === 0 ? {} : { grid }),
  })
}
