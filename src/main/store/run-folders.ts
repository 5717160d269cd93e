import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { FiligreeError } from '../../shared/failure'
import { runRecordSchema, type Artifact, type RunRecord } from '../../shared/run'
import {
  draftPath,
  moveFolderDurably,
  syncFolder,
  syncFolderWithFiles,
  writeJsonDurably,
} from './durable-file'
import { processIdentitySchema, type ProcessIdentity } from './process-identity'
import { runFiles, type ProjectPaths } from './project-paths'

/** Who works on a queued or running run; a run whose owner is gone can be told from one that is under way. */
export const runOwnerSchema = z.object({
  workbench: processIdentitySchema,
  /** The solver process; null while the run waits. */
  solver: processIdentitySchema.nullable(),
  startedAt: z.string().nullable(),
})
export type RunOwner = z.infer<typeof runOwnerSchema>

/**
 * Makes the hidden work folder of a new run, with its request written whole. `makeRecord` is given the number;
 * a number whose folder exists already (an index that was rebuilt) is skipped.
 */
export async function queueRunFolder(
  paths: ProjectPaths,
  allotNumber: () => number,
  makeRecord: (number: number) => RunRecord,
  workbench: ProcessIdentity,
): Promise<RunRecord> {
  await mkdir(paths.runs, { recursive: true })
  for (;;) {
    const record = makeRecord(allotNumber())
    const folder = paths.runWork(record.id)
    if (existsSync(folder) || existsSync(paths.run(record.id))) continue
    // The folder first exists under a name no reader knows, and gets its own once it is whole.
    const draft = draftPath(folder)
    await mkdir(draft)
    try {
      await writeJsonDurably(join(draft, runFiles.owner), {
        workbench,
        solver: null,
        startedAt: null,
      } satisfies RunOwner)
      await writeJsonDurably(join(draft, runFiles.request), record)
      await rename(draft, folder)
      await syncFolder(paths.runs)
      return record
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      throw error
    }
  }
}

export function writeRunOwner(paths: ProjectPaths, id: string, owner: RunOwner): Promise<void> {
  return writeJsonDurably(join(paths.runWork(id), runFiles.owner), owner)
}

/** The owner of a work folder; null where none was written, which counts as gone. */
export async function readRunOwner(paths: ProjectPaths, id: string): Promise<RunOwner | null> {
  try {
    return runOwnerSchema.parse(JSON.parse(await readFile(join(paths.runWork(id), runFiles.owner), 'utf8')))
  } catch {
    return null
  }
}

/** Writes run.json, flushes everything, and gives the folder its place among the finished runs. */
export async function finishRunFolder(paths: ProjectPaths, record: RunRecord): Promise<void> {
  const work = paths.runWork(record.id)
  await syncFolderWithFiles(work)
  await writeJsonDurably(join(work, runFiles.record), record)
  await placeRunFolder(paths, record.id)
}

/** The last step of finishing, also taken when a process died just before it. */
export async function placeRunFolder(paths: ProjectPaths, id: string): Promise<void> {
  const work = paths.runWork(id)
  await rm(join(work, runFiles.owner), { force: true })
  await rm(join(work, runFiles.request), { force: true })
  await moveFolderDurably(work, paths.run(id))
}

/** A finished run's record. */
export function readRunRecord(folder: string): Promise<RunRecord> {
  return readRecord(join(folder, runFiles.record))
}

/** A queued or running run's record. */
export function readRunRequest(paths: ProjectPaths, id: string): Promise<RunRecord> {
  return readRecord(join(paths.runWork(id), runFiles.request))
}

async function readRecord(path: string): Promise<RunRecord> {
  const content: unknown = JSON.parse(await readFile(path, 'utf8'))
  const { schema } = z.object({ schema: z.number() }).catch({ schema: 0 }).parse(content)
  if (schema > 1) {
    throw new FiligreeError(
      'newer-version',
      `The run at ${path} was made by a newer version of Filigree. Update Filigree to read it.`,
    )
  }
  const record = runRecordSchema.safeParse(content)
  if (record.success) return record.data
  throw new FiligreeError('invalid-file', `The run record at ${path} is damaged and cannot be read.`, {
    detail: record.error.message,
  })
}

/** Removes arrays that no record will name: half-made ones must not look like results. */
export async function removeUnnamedArrays(folder: string, kept: readonly Artifact[]): Promise<void> {
  const names = new Set(kept.map(({ file }) => file))
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const array = entry.isDirectory() || entry.name.includes('.npy')
    if (array && !names.has(entry.name)) await rm(join(folder, entry.name), { recursive: true, force: true })
  }
}
