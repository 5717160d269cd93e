import { existsSync } from 'node:fs'
import type { FiligreeError } from '../../shared/failure'
import type { RunProgress, RunRecord, RunState } from '../../shared/run'
import type { JobProcessLauncher } from '../solver-host/job-process'
import { launchJob, type LaunchedJob } from '../solver-host/supervisor'
import { identityOf } from '../store/process-identity'
import type { ProjectStore } from '../store/project-store'
import { lastIteration } from '../store/reconcile-runs'
import { finishRunFolder, readRunRecord, removeUnnamedArrays, writeRunOwner } from '../store/run-folders'
import { toFiligreeError } from '../../shared/system-failure'
import { RunClock } from './run-clock'

interface ActiveRun {
  record: RunRecord
  job: LaunchedJob<'solve'> | null
  clock: RunClock
  done: Promise<void>
}

export interface RunQueueOptions {
  launch: JobProcessLauncher
  version: string
  /** Solvers use every core, so one run at a time is fastest in sum. */
  atOnce: number
  onProgress: (progress: RunProgress) => void
  /** Rows of the run table changed. */
  onChange: () => void
  /** The end of a run could not be written down. */
  onProblem: (error: FiligreeError) => void
}

/** Starts waiting runs of a project one after the other and writes down how each ended. */
export class RunQueue {
  private readonly waiting: RunRecord[] = []
  private readonly active = new Map<string, ActiveRun>()
  private closed = false

  constructor(
    private readonly store: ProjectStore,
    private readonly options: RunQueueOptions,
  ) {}

  /** The record's folder and row exist already. */
  add(record: RunRecord): void {
    this.waiting.push(record)
    this.startNext()
  }

  activeCount(): number {
    return this.active.size
  }

  progress(id: string): RunProgress | null {
    const run = this.active.get(id)
    return run === undefined ? null : run.clock.now(run.record.state)
  }

  /** The record of a run that is under way here; null for any other. */
  record(id: string): RunRecord | null {
    return this.active.get(id)?.record ?? this.waiting.find((record) => record.id === id) ?? null
  }

  /** Resolves when a waiting run is cancelled, or a running one was asked to stop. False for a run that is not here. */
  async cancel(id: string): Promise<boolean> {
    const run = this.active.get(id)
    if (run !== undefined) {
      this.change(run, 'cancelling')
      run.job?.cancel()
      return true
    }
    const index = this.waiting.findIndex((record) => record.id === id)
    const [record] = index < 0 ? [] : this.waiting.splice(index, 1)
    if (record === undefined) return false
    await this.finish({ ...record, ...cancelledEnd, finishedAt: now() })
    return true
  }

  /** Cancels what runs; what waits stays queued and starts when the project is opened again. */
  async close(): Promise<void> {
    this.closed = true
    this.waiting.length = 0
    const running = [...this.active.values()]
    for (const { record } of running) await this.cancel(record.id)
    await Promise.all(running.map(({ done }) => done))
  }

  private startNext(): void {
    while (!this.closed && this.active.size < this.options.atOnce) {
      const record = this.waiting.shift()
      if (record === undefined) return
      const run: ActiveRun = {
        record: { ...record, state: 'running', startedAt: now() },
        job: null,
        clock: new RunClock(record.id),
        done: Promise.resolve(),
      }
      this.active.set(record.id, run)
      run.done = this.solve(run)
        .finally(() => {
          this.active.delete(record.id)
          this.options.onChange()
        })
        // Only an index that cannot be written gets here; the folder is whole, and the index is mended from it.
        .catch((error: unknown) => this.options.onProblem(toFiligreeError(error)))
        .finally(() => this.startNext())
    }
  }

  private async solve(run: ActiveRun): Promise<void> {
    const { record } = run
    try {
      const job = launchJob(this.options.launch, 'solve', (progress) =>
        this.options.onProgress(run.clock.report(progress, run.record.state)),
      )
      // Its failure is looked at below; until then it must not count as one that nobody looks at.
      job.result.catch(() => undefined)
      await writeRunOwner(this.store.paths, record.id, {
        workbench: this.store.self,
        solver: job.pid === null ? null : await identityOf(job.pid),
        startedAt: record.startedAt,
      })
      if (run.record.state === 'running') this.change(run, 'running')
      run.job = job
      job.begin({ project: this.store.paths.folder, run: record.id, version: this.options.version })
      if (run.record.state === 'cancelling') job.cancel()
      this.store.runs.put(await job.result)
    } catch (error) {
      await this.recordEnd(run, error)
    }
  }

  /** The solver could not write the record itself, or was ended before it could. */
  private async recordEnd(run: ActiveRun, cause: unknown): Promise<void> {
    const { paths } = this.store
    const id = run.record.id
    if (existsSync(paths.run(id))) {
      this.store.runs.put(await readRunRecord(paths.run(id)))
      return
    }
    const error = toFiligreeError(cause)
    const iterations = await lastIteration(paths.runWork(id))
    const end = { ...run.record, ...endOf(error), iterations, finishedAt: now() }
    await removeUnnamedArrays(paths.runWork(id), []).catch(() => undefined)
    await this.finish(end)
  }

  private async finish(record: RunRecord): Promise<void> {
    try {
      await finishRunFolder(this.store.paths, record)
    } catch (error) {
      // The disk may be full or gone; the row still tells, and the folder is mended when the project is opened again.
      const { message } = toFiligreeError(error)
      record.warnings.push(`The record of this run could not be written: ${message}`)
    }
    this.store.runs.put(record)
    this.options.onChange()
  }

  private change(run: ActiveRun, state: RunState): void {
    run.record = { ...run.record, state }
    this.store.runs.put(run.record)
    this.options.onChange()
  }
}

const cancelledEnd = {
  state: 'cancelled',
  stopReason: 'cancelled',
  stopMessage: 'Cancelled on request.',
} as const satisfies Partial<RunRecord>

function endOf(error: FiligreeError): Partial<RunRecord> {
  if (error.code === 'cancelled') return cancelledEnd
  return { state: error.code === 'crashed' ? 'crashed' : 'failed', failure: error.toFailure() }
}

function now(): string {
  return new Date().toISOString()
}
