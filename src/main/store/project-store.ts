import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import type { ProjectInfo, ReportRecord } from '../../shared/project'
import type { RunRecord } from '../../shared/run'
import {
  asUnusable,
  openDatabase,
  openDatabaseCopy,
  openEmptyDatabase,
  UnusableIndexError,
  type ProjectDatabase,
} from './database'
import { draftPath, removeAbandonedDrafts, syncFolder } from './durable-file'
import { removeOldUploads } from './inbox'
import { identityOf, type ProcessIdentity } from './process-identity'
import { databaseName, ProjectPaths } from './project-paths'
import { indexDatasetFolders, mendDatasetFolders } from './reconcile-datasets'
import { indexRunFolders, mendRunFolders } from './reconcile-runs'
import { datasetIndex, reportIndex, type RecordIndex } from './record-index'
import { readReports, removeOrphanReportRecords } from './report-files'
import { RunIndex } from './run-index'
import { isReadOnlyError, toFiligreeError } from '../../shared/system-failure'

export interface OpenOptions {
  /** Whether waiting runs whose owner is gone are taken over. */
  takeOverQueue: boolean
}

/** An open project: its folders and its index. */
export class ProjectStore {
  readonly runs: RunIndex
  readonly datasets: RecordIndex<Dataset>
  readonly reports: RecordIndex<ReportRecord>
  readonly notes: string[] = []
  /** Runs this process took over when it opened the project. */
  resumed: RunRecord[] = []

  constructor(
    readonly paths: ProjectPaths,
    readonly readOnly: boolean,
    readonly self: ProcessIdentity,
    private readonly database: ProjectDatabase,
  ) {
    this.runs = new RunIndex(database)
    this.datasets = datasetIndex(database)
    this.reports = reportIndex(database)
  }

  info(): ProjectInfo {
    return {
      name: basename(this.paths.folder),
      folder: this.paths.folder,
      readOnly: this.readOnly,
      datasetCount: this.datasets.count(),
      runCount: this.runs.count(),
      notes: this.notes,
    }
  }

  /** Throws 'read-only' where the project can only be looked at. */
  requireWritable(): void {
    if (!this.readOnly) return
    throw new FiligreeError(
      'read-only',
      `The project folder ${this.paths.folder} cannot be written to, so the project can only be looked at. Copy it to a folder of your own to work on it.`,
    )
  }

  /** A number that changes whenever another process writes to the index. */
  versionByOthers(): number {
    return Number(this.database.pragma('data_version', { simple: true }))
  }

  close(): void {
    this.database.close()
  }
}

/** Whether a folder holds a project; one whose index was deleted still has its folders. */
export function isProject(folder: string): boolean {
  if (existsSync(join(folder, databaseName))) return true
  return existsSync(join(folder, 'datasets')) && existsSync(join(folder, 'runs'))
}

/** Makes a project, whole or not at all. The folder must not exist yet, or be empty. */
export async function createProject(folder: string): Promise<void> {
  const existing = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw toFiligreeError(error, folder)
  })
  if (existing !== null && existing.length > 0) {
    throw new FiligreeError(
      'invalid-parameter',
      `The folder ${folder} is not empty. Choose another name, or an empty folder.`,
      {
        field: 'name',
      },
    )
  }
  const draft = draftPath(folder)
  try {
    await mkdir(dirname(folder), { recursive: true })
    await removeAbandonedDrafts(dirname(folder))
    await mkdir(draft)
    const paths = new ProjectPaths(draft)
    for (const part of [paths.datasets, paths.runs, paths.reports]) await mkdir(part)
    ;(await openDatabase(paths.database)).close()
    await syncFolder(draft)
    if (existing !== null) await rmdir(folder)
    await rename(draft, folder)
    await syncFolder(dirname(folder))
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw toFiligreeError(error, folder)
  }
}

/** Opens a project, mends what a crash left behind, and brings the index in line with the folders. */
export async function openProject(path: string, options: OpenOptions): Promise<ProjectStore> {
  const folder = await existingFolder(path)
  if (!isProject(folder)) {
    throw new FiligreeError(
      'not-found',
      `There is no Filigree project in ${folder}: a project folder holds '${databaseName}'.`,
    )
  }
  const paths = new ProjectPaths(folder)
  const self = await identityOf(process.pid)
  const readOnly = !(await canWrite(folder))
  try {
    return await openStore(paths, readOnly, self, options)
  } catch (error) {
    // Damage inside the file only shows when it is read.
    if (readOnly || !(asUnusable(error) instanceof UnusableIndexError)) throw toFiligreeError(error, folder)
  }
  await setDamagedIndexAside(paths)
  const store = await openStore(paths, readOnly, self, options)
  store.notes.unshift('The index of the project was damaged and was built again from its folders.')
  return store
}

async function openStore(
  paths: ProjectPaths,
  readOnly: boolean,
  self: ProcessIdentity,
  options: OpenOptions,
): Promise<ProjectStore> {
  const { database, notes } = readOnly ? await openToRead(paths) : await openToWrite(paths)
  const store = new ProjectStore(paths, readOnly, self, database)
  store.notes.push(...notes)
  try {
    if (!readOnly) await mend(store, options)
    store.notes.push(...(await indexDatasetFolders(paths, store.datasets)))
    store.notes.push(...(await indexRunFolders(paths, store.runs)))
    await indexReports(store)
    return store
  } catch (error) {
    store.close()
    throw error
  }
}

async function existingFolder(path: string): Promise<string> {
  try {
    const folder = await realpath(path)
    if ((await stat(folder)).isDirectory()) return folder
  } catch (error) {
    throw toFiligreeError(error, path)
  }
  throw new FiligreeError('invalid-file', `${path} is a file; a project is a folder.`)
}

async function mend(store: ProjectStore, { takeOverQueue }: OpenOptions): Promise<void> {
  const { paths } = store
  for (const folder of [paths.datasets, paths.runs, paths.reports]) await mkdir(folder, { recursive: true })
  await removeAbandonedDrafts(paths.folder)
  await removeOldUploads(paths.inbox)
  await removeAbandonedDrafts(paths.reports)
  await removeOrphanReportRecords(paths.reports)
  store.notes.push(...(await mendDatasetFolders(paths)))
  const { notes, resumed } = await mendRunFolders(paths, store.runs, store.self, takeOverQueue)
  store.notes.push(...notes)
  store.resumed = resumed
}

async function indexReports(store: ProjectStore): Promise<void> {
  const trash = join(store.paths.trash, 'reports')
  for (const [folder, trashed] of [
    [store.paths.reports, false],
    [trash, true],
  ] as const) {
    const records = await readReports(folder)
    const present = new Set(records.map(({ id }) => id))
    const known = new Set(store.reports.ids(trashed))
    for (const id of known) if (!present.has(id)) store.reports.remove(id)
    for (const record of records) if (!known.has(record.id)) store.reports.put(record, trashed)
  }
}

interface Opened {
  database: ProjectDatabase
  notes: string[]
}

async function openToWrite(paths: ProjectPaths): Promise<Opened> {
  const existed = existsSync(paths.database)
  const database = await openDatabase(paths.database)
  const missing = 'The index of the project was missing and was built again from its folders.'
  return { database, notes: existed ? [] : [missing] }
}

async function openToRead(paths: ProjectPaths): Promise<Opened> {
  const notes = ['This folder cannot be written to: the project can be looked at, but not changed.']
  try {
    return { database: await openDatabaseCopy(paths.database), notes }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (!missing && !(error instanceof UnusableIndexError)) throw toFiligreeError(error, paths.database)
  }
  return { database: openEmptyDatabase(), notes }
}

/** Kept, not deleted: somebody may want to look at it. */
async function setDamagedIndexAside(paths: ProjectPaths): Promise<void> {
  await mkdir(paths.trash, { recursive: true })
  const stamp = randomBytes(4).toString('hex')
  for (const suffix of ['', '-wal', '-shm']) {
    const file = `${paths.database}${suffix}`
    if (existsSync(file)) await rename(file, join(paths.trash, `damaged-${stamp}-${databaseName}${suffix}`))
  }
}

/** Asked by trying: permissions, mount options and network shares all have their say. */
async function canWrite(folder: string): Promise<boolean> {
  const probe = draftPath(join(folder, 'probe'))
  try {
    await writeFile(probe, '')
    await rm(probe)
    return true
  } catch (error) {
    if (isReadOnlyError(error)) return false
    if (toFiligreeError(error).code === 'disk-full') {
      await rm(probe, { force: true })
      return true
    }
    throw toFiligreeError(error, folder)
  }
}
