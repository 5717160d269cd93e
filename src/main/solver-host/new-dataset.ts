import { rm } from 'node:fs/promises'
import type { Dataset } from '../../shared/dataset'
import type { ImportedDataset } from '../formats'
import { finishDatasetFolder } from '../store/dataset-folders'
import { ProjectPaths } from '../store/project-paths'
import type { JobInput } from './messages'

/**
 * Fills the hidden work folder of a new dataset and gives it its place; whatever goes wrong, nothing of it stays.
 */
export async function makeDataset(
  project: string,
  { id, name, createdAt }: JobInput<'import'>['dataset'],
  fill: (folder: string) => Promise<ImportedDataset>,
): Promise<Dataset> {
  const paths = new ProjectPaths(project)
  try {
    const imported = await fill(paths.datasetWork(id))
    const dataset: Dataset = { schema: 1, id, name, createdAt, ...imported }
    await finishDatasetFolder(paths, dataset)
    return dataset
  } catch (error) {
    await rm(paths.datasetWork(id), { recursive: true, force: true })
    throw error
  }
}
