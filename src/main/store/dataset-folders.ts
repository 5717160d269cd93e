import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { datasetSchema, type Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { draftPath, moveFolderDurably, syncFolderWithFiles, writeJsonDurably } from './durable-file'
import { isRunning, processIdentitySchema, type ProcessIdentity } from './process-identity'
import { datasetRecordFile, type ProjectPaths } from './project-paths'

const ownerFile = '.owner.json'

/** A short name for the folder of a dataset, made from its title: 'Samson (true)' becomes 'samson-true'. */
export function datasetIdFrom(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '')
  return plain === '' ? 'dataset' : plain
}

/**
 * Reserves an id by making its hidden work folder: `name`, `name-2`, … Two processes can never get the same one.
 * `taken` names ids that are in use elsewhere (the trash).
 */
export async function reserveDatasetFolder(
  paths: ProjectPaths,
  name: string,
  taken: (id: string) => boolean,
  owner: ProcessIdentity,
): Promise<{ id: string; folder: string }> {
  await mkdir(paths.datasets, { recursive: true })
  const stem = datasetIdFrom(name)
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? stem : `${stem}-${count}`
    const folder = paths.datasetWork(id)
    if (taken(id) || existsSync(paths.dataset(id)) || existsSync(folder)) continue
    const draft = draftPath(folder)
    try {
      await mkdir(draft)
      await writeJsonDurably(join(draft, ownerFile), owner)
      await rename(draft, folder)
      return { id, folder }
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      // Another process was quicker with the same name.
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
    }
  }
}

/** Whether somebody is still filling this work folder. */
export async function isDatasetWorkOwned(folder: string): Promise<boolean> {
  try {
    return await isRunning(
      processIdentitySchema.parse(JSON.parse(await readFile(join(folder, ownerFile), 'utf8'))),
    )
  } catch {
    return false
  }
}

/** Writes dataset.json, flushes everything, and gives the folder its place. */
export async function finishDatasetFolder(paths: ProjectPaths, dataset: Dataset): Promise<void> {
  const work = paths.datasetWork(dataset.id)
  await rm(join(work, ownerFile), { force: true })
  await syncFolderWithFiles(work)
  await writeJsonDurably(join(work, datasetRecordFile), dataset)
  await moveFolderDurably(work, paths.dataset(dataset.id))
}

/** Replaces the record of a dataset that is in its place (another name, a truth, a hash). */
export function updateDatasetRecord(paths: ProjectPaths, dataset: Dataset): Promise<void> {
  return writeJsonDurably(join(paths.dataset(dataset.id), datasetRecordFile), dataset)
}

export async function readDatasetRecord(folder: string): Promise<Dataset> {
  const path = join(folder, datasetRecordFile)
  const content: unknown = JSON.parse(await readFile(path, 'utf8'))
  const dataset = datasetSchema.safeParse(content)
  if (dataset.success) return dataset.data
  throw new FiligreeError(
    'invalid-file',
    `The record of dataset '${basename(folder)}' is damaged or from a newer version (${path}).`,
    {
      detail: dataset.error.message,
    },
  )
}
