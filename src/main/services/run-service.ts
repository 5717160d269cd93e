import { readFile, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { FiligreeError } from '../../shared/failure'
import type { Method } from '../../shared/method'
import {
  isFinished,
  type RunProgress,
  type RunRecord,
  type RunRequest,
  type RunSummary,
} from '../../shared/run'
import { findMethod } from '../methods'
import type { JobProcessLauncher } from '../solver-host/job-process'
import { hashedInputs, resolveInputs } from '../solver-host/resolve-inputs'
import { moveFolderDurably } from '../store/durable-file'
import { runFiles } from '../store/project-paths'
import type { ProjectStore } from '../store/project-store'
import { queueRunFolder, readRunRecord, readRunRequest } from '../store/run-folders'
import type { RunQuery } from '../store/run-index'
import { isMissing } from '../../shared/system-failure'
import { checkedParameters } from '../methods/checked-parameters'
import type { CurrentProject } from './current-project'
import type { DatasetService } from './dataset-service'
import type { EventBus } from './event-bus'
import { repeatCommands } from './repeat-command'
import { importRun } from './run-import'
import { RunQueue } from './run-queue'

export interface RunServiceOptions {
  launch: JobProcessLauncher
  version: string
}

/** Runs: queued whole, started one after the other, listed, looked at, deleted and restored. */
export class RunService {
  private queue: RunQueue | null = null
  private announced = 0

  constructor(
    private readonly project: CurrentProject,
    private readonly datasets: DatasetService,
    private readonly events: EventBus,
    private readonly options: RunServiceOptions,
  ) {}

  /** Called when a project was opened: runs that were waiting go on. */
  begin(store: ProjectStore): void {
    this.announced = store.runs.revision()
    if (store.readOnly) return
    this.queue = new RunQueue(store, {
      ...this.options,
      atOnce: 1,
      onProgress: (progress) => this.events.emit('run.progress', progress),
      onChange: () => this.announce(),
      onProblem: ({ message }) => this.events.emit('notice', { level: 'error', message }),
    })
    for (const record of store.resumed.toSorted((a, b) => a.number - b.number)) this.queue.add(record)
  }

  /** Called before a project is closed. */
  async end(): Promise<void> {
    await this.queue?.close()
    this.queue = null
  }

  activeCount(): number {
    return this.queue?.activeCount() ?? 0
  }

  /** Tells what changed in the run table since the last time, whichever process changed it. */
  announce(): void {
    const store = this.project.get()
    if (store === null) return
    const { revision, runs, removed } = store.runs.changedSince(this.announced)
    this.announced = revision
    if (runs.length + removed.length > 0) this.events.emit('runs.changed', { runs, removed })
  }

  /** Checks a request as far as it can be checked without computing, writes it whole, and queues it. */
  async start(request: RunRequest): Promise<RunRecord> {
    const store = this.project.requireWritable()
    const method = findMethod(request.method)
    const parameters = checkedParameters(method, request.parameters)
    await this.datasets.awaitHashes(Object.values(request.inputs))
    const resolved = await resolveInputs(store.paths, method.description, request.inputs)
    method.check(resolved.values, parameters)
    const threads = request.threads ?? availableParallelism()
    const record = await queueRunFolder(
      store.paths,
      () => store.runs.allotNumber(),
      (number) =>
        newRecord(number, method, {
          parameters,
          inputs: hashedInputs(resolved.recorded),
          seed: request.seed ?? 0,
          threads,
        }),
      store.self,
    )
    try {
      store.runs.put(record)
    } catch (error) {
      // A run that no list shows must not start when the project is opened the next time.
      await rm(store.paths.runWork(record.id), { recursive: true, force: true })
      throw error
    }
    this.announce()
    this.queue?.add(record)
    return this.queue?.record(record.id) ?? record
  }

  /** Takes in a run that was saved as a file, as a finished run of this project. */
  async import(path: string): Promise<RunRecord> {
    const record = await importRun(this.project.requireWritable(), path)
    this.announce()
    return record
  }

  list(query: RunQuery): { total: number; runs: RunSummary[] } {
    return this.project.require().runs.list(query)
  }

  async get(id: string): Promise<RunRecord> {
    const store = this.project.require()
    const row = store.runs.get(id)
    if (row === null) throw unknownRun(id)
    const current = this.queue?.record(id) ?? null
    if (current !== null) return current
    try {
      if (isFinished(row.state)) return await readRunRecord(store.paths.run(id))
      return { ...(await readRunRequest(store.paths, id)), state: row.state }
    } catch (error) {
      // It may have finished between the two looks.
      if (isMissing(error) && !isFinished(row.state)) return readRunRecord(store.paths.run(id))
      throw error
    }
  }

  progress(id: string): RunProgress | null {
    return this.queue?.progress(id) ?? null
  }

  async cancel(id: string): Promise<void> {
    const store = this.project.requireWritable()
    const row = store.runs.get(id)
    if (row === null) throw unknownRun(id)
    if (isFinished(row.state) || (await this.queue?.cancel(id)) === true) return
    throw new FiligreeError(
      'busy',
      `Run ${id} belongs to another Filigree process that has this project open. Cancel it there.`,
    )
  }

  async delete(id: string): Promise<void> {
    const store = this.project.requireWritable()
    const row = store.runs.get(id)
    if (row === null) throw unknownRun(id)
    if (!isFinished(row.state)) {
      throw new FiligreeError('busy', `Run ${id} is ${row.state}. Cancel it before you delete it.`)
    }
    await moveFolderDurably(store.paths.run(id), store.paths.trashed('runs', id))
    store.runs.setTrashed(id, true)
    this.announce()
  }

  async restore(id: string): Promise<RunRecord> {
    const store = this.project.requireWritable()
    if (store.runs.states().get(id)?.trashed !== true) {
      throw new FiligreeError('not-found', `There is no run '${id}' in the trash of this project.`)
    }
    await moveFolderDurably(store.paths.trashed('runs', id), store.paths.run(id))
    store.runs.setTrashed(id, false)
    this.announce()
    return this.get(id)
  }

  /** Folder of a run, whether it is finished or under way. */
  folder(id: string): string {
    const { paths, runs } = this.project.require()
    const row = runs.get(id)
    if (row === null) throw unknownRun(id)
    return isFinished(row.state) ? paths.run(id) : paths.runWork(id)
  }

  async log(id: string): Promise<string> {
    const folder = this.folder(id)
    return readFile(join(folder, runFiles.log), 'utf8').catch((error: unknown) => {
      // A run that still waits, or was cancelled while it did, has nothing to say.
      if (isMissing(error)) return ''
      throw error
    })
  }

  async repeat(record: RunRecord, files: 'paths' | 'names'): Promise<string[]> {
    const { dataset } = await this.datasets.ofRun(record)
    return repeatCommands(record, findMethod(record.method.id).description, dataset, files)
  }

  async command(id: string): Promise<string> {
    return (await this.repeat(await this.get(id), 'paths')).join(' && ')
  }
}

function unknownRun(id: string): FiligreeError {
  return new FiligreeError('not-found', `There is no run '${id}' in this project.`)
}

function newRecord(
  number: number,
  { description }: Method,
  fixed: Pick<RunRecord, 'parameters' | 'inputs' | 'seed' | 'threads'>,
): RunRecord {
  const { id, version, title, family } = description
  return {
    schema: 1,
    id: `${String(number).padStart(4, '0')}-${id}`,
    number,
    method: { id, version, title, family },
    ...fixed,
    state: 'queued',
    createdAt: new Date().toISOString(),
    startedAt: null,
    finishedAt: null,
    setupSeconds: null,
    iterationSeconds: null,
    iterations: null,
    peakMemoryBytes: null,
    stopReason: null,
    stopMessage: null,
    failure: null,
    figures: {},
    scoreCard: null,
    warnings: [],
    notes: [],
    proposals: [],
    artifacts: [],
    environment: null,
  }
}
