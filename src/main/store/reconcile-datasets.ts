import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dataset } from '../../shared/dataset'
import { isDatasetWorkOwned, readDatasetRecord } from './dataset-folders'
import { moveFolderDurably, removeAbandonedDrafts } from './durable-file'
import { datasetRecordFile, type ProjectPaths } from './project-paths'
import type { RecordIndex } from './record-index'

/** Clears unfinished imports away, and finishes those whose record was already written. */
export async function mendDatasetFolders(paths: ProjectPaths): Promise<string[]> {
  await removeAbandonedDrafts(paths.datasets)
  const notes: string[] = []
  for (const name of await readdir(paths.datasets).catch(() => [])) {
    if (!name.startsWith('.') || name.endsWith('.part')) continue
    const folder = join(paths.datasets, name)
    const id = name.slice(1)
    if (await isDatasetWorkOwned(folder)) continue
    if (existsSync(join(folder, datasetRecordFile))) {
      await moveFolderDurably(folder, paths.dataset(id))
      notes.push(`The import of '${id}' was complete when Filigree ended and was kept.`)
    } else {
      await rm(folder, { recursive: true, force: true })
      notes.push(
        `The import of '${id}' was not complete when Filigree ended and was cleared away. Import it again.`,
      )
    }
  }
  return notes
}

/** Makes the rows agree with the folders. */
export async function indexDatasetFolders(
  paths: ProjectPaths,
  index: RecordIndex<Dataset>,
): Promise<string[]> {
  return [
    ...(await indexFolder(paths.datasets, index, false)),
    ...(await indexFolder(join(paths.trash, 'datasets'), index, true)),
  ]
}

async function indexFolder(folder: string, index: RecordIndex<Dataset>, trashed: boolean): Promise<string[]> {
  const notes: string[] = []
  const present = new Set((await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.')))
  const known = new Set(index.ids(trashed))
  for (const id of known) if (!present.has(id)) index.remove(id)
  for (const id of present) {
    if (known.has(id)) continue
    try {
      index.put(await readDatasetRecord(join(folder, id)), trashed)
    } catch (error) {
      notes.push(
        `The dataset folder '${id}' could not be read and was left alone: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  return notes
}
