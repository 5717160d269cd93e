import type { ColumnRole } from '../../shared/dataset'
import type { ImportedDataset } from '../formats'
import { axesOf, generatedDataset, type Generated } from './generated-dataset'
import { projectArray } from './project-array'

/** A generated table as a dataset: the last column is the target, the others are inputs. */
export async function describeTable(generated: Generated): Promise<ImportedDataset> {
  const array = await projectArray(generated.folder, 'table.npy')
  const last = (array.shape[1] ?? 0) - 1
  const columnRoles = Array.from({ length: last + 1 }, (_, column): ColumnRole =>
    column === last ? 'target' : 'input',
  )
  return generatedDataset(generated, array, { kind: 'table', axes: axesOf(generated, 'table'), columnRoles })
}
