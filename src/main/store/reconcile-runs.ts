import { existsSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isFinished, type RunRecord } from '../../shared/run'
import { removeAbandonedDrafts } from './durable-file'
import { isRunning, type ProcessIdentity } from './process-identity'
import { runFiles, type ProjectPaths } from './project-paths'
import {
  finishRunFolder,
  placeRunFolder,
  readRunOwner,
  readRunRecord,
  readRunRequest,
  removeUnnamedArrays,
  writeRunOwner,
  type RunOwner,
} from './run-folders'
import type { RunIndex } from './run-index'
import { isMissing } from '../../shared/system-failure'

export interface MendedRuns {
  notes: string[]
  /** Runs that were waiting when their owner went away and belong to this process now. */
  resumed: RunRecord[]
}

/**
 * Gives every work folder whose owner is gone its place: complete ones are finished, begun ones are crashed,
 * waiting ones are taken over (only where `takeOver`: a short command must not start other people's runs).
 */
export async function mendRunFolders(
  paths: ProjectPaths,
  index: RunIndex,
  self: ProcessIdentity,
  takeOver: boolean,
): Promise<MendedRuns> {
  await removeAbandonedDrafts(paths.runs)
  const mended: MendedRuns = { notes: [], resumed: [] }
  for (const name of await readdir(paths.runs).catch(() => [])) {
    if (!name.startsWith('.') || name.endsWith('.part')) continue
    try {
      await mendRun(paths, index, name.slice(1), self, takeOver, mended)
    } catch (error) {
      // Another process that opens the same project at this moment may have mended it first.
      if (!isMissing(error)) throw error
    }
  }
  return mended
}

async function mendRun(
  paths: ProjectPaths,
  index: RunIndex,
  id: string,
  self: ProcessIdentity,
  takeOver: boolean,
  mended: MendedRuns,
): Promise<void> {
  const owner = await readRunOwner(paths, id)
  // What belongs to this very process is left from a project it closed and now opens again.
  const own = owner !== null && JSON.stringify(owner.workbench) === JSON.stringify(self)
  if (owner !== null && !own && (await isRunning(owner.workbench))) return
  const solver = owner?.solver ?? null
  if (solver !== null) await endOrphan(solver)
  if (!existsSync(paths.runWork(id))) return
  await removeAbandonedDrafts(paths.runWork(id))
  if (existsSync(join(paths.runWork(id), runFiles.record))) {
    await placeRunFolder(paths, id)
    mended.notes.push(`Run ${id} was complete when Filigree ended and was kept.`)
    return
  }
  if (!existsSync(join(paths.runWork(id), runFiles.request))) {
    await rm(paths.runWork(id), { recursive: true, force: true })
    return
  }
  const request = await readRunRequest(paths, id)
  if (owner !== null && owner.startedAt === null) {
    if (!takeOver && !own) return
    if (!own && !index.claim(id, JSON.stringify(self), JSON.stringify(owner.workbench))) return
    await writeRunOwner(paths, id, { workbench: self, solver: null, startedAt: null })
    mended.resumed.push(request)
    return
  }
  const crashed = await crashedRecord(paths, request, owner)
  await removeUnnamedArrays(paths.runWork(id), [])
  await finishRunFolder(paths, crashed)
  mended.notes.push(`Run ${id} was under way when Filigree ended and is marked as crashed.`)
}

/** A solver ends by itself when its workbench is gone; one that does not is ended, so that it cannot write any more. */
async function endOrphan(solver: ProcessIdentity): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    if (!(await isRunning(solver))) return
    if (tries === 10) killProcess(solver.pid)
    await wait(50)
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended in the meantime.
  }
}

async function crashedRecord(
  paths: ProjectPaths,
  request: RunRecord,
  owner: RunOwner | null,
): Promise<RunRecord> {
  const iteration = await lastIteration(paths.runWork(request.id))
  const where = iteration === null ? '' : ` at iteration ${iteration}`
  return {
    ...request,
    state: 'crashed',
    startedAt: owner?.startedAt ?? request.createdAt,
    finishedAt: await lastSign(paths.runWork(request.id)),
    iterations: iteration,
    failure: {
      code: 'crashed',
      message: `Filigree itself ended while this run was under way${where}: it was killed, or the computer went off. Start the run again.`,
      field: null,
      detail: null,
    },
  }
}

/** The iteration of the last whole row of the trace; null where there is none. */
export async function lastIteration(folder: string): Promise<number | null> {
  const text = await readFile(join(folder, runFiles.trace), 'utf8').catch(() => '')
  const row = text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1) ?? ''
  const iteration = Number.parseInt(row, 10)
  return Number.isFinite(iteration) ? iteration : null
}

/** When something was last written there: the nearest one can tell to when it ended. */
async function lastSign(folder: string): Promise<string> {
  const names = await readdir(folder)
  const times = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mtimeMs))
  return new Date(Math.max(0, ...times)).toISOString()
}

/** Makes the rows agree with the folders; only folders the index does not know as finished are read. */
export async function indexRunFolders(paths: ProjectPaths, index: RunIndex): Promise<string[]> {
  const notes: string[] = []
  const known = index.states()
  const present = new Set<string>()
  const put = async (id: string, trashed: boolean, read: () => Promise<RunRecord>) => {
    present.add(id)
    const row = known.get(id)
    const settled = row !== undefined && isFinished(row.state as RunRecord['state'])
    if (settled && row.trashed === trashed) return
    try {
      index.put(await read(), trashed)
    } catch (error) {
      if (isMissing(error)) return
      notes.push(
        `The run folder '${id}' could not be read and was left alone: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  for (const name of await readdir(paths.runs).catch(() => [])) {
    if (name.endsWith('.part')) continue
    const id = name.startsWith('.') ? name.slice(1) : name
    if (!name.startsWith('.')) await put(id, false, () => readRunRecord(paths.run(id)))
    else if (!known.has(id)) await put(id, false, () => readRunRequest(paths, id))
    else present.add(id)
  }
  const trash = join(paths.trash, 'runs')
  for (const id of await readdir(trash).catch(() => [])) {
    await put(id, true, () => readRunRecord(join(trash, id)))
  }
  for (const id of known.keys()) if (!present.has(id)) index.remove(id)
  return notes
}
