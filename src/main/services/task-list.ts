import { randomUUID } from 'node:crypto'
import type { Task } from '../../shared/project'
import type { JobProcessLauncher } from '../solver-host/job-process'
import type { JobInput, JobKind, JobOutput } from '../solver-host/messages'
import { startJob, type RunningJob } from '../solver-host/supervisor'
import type { EventBus } from './event-bus'

/** Finished tasks that are still shown. */
const mostFinished = 20

/** Long work that is not a run, each in a process of its own: shown while it lasts, ended when the project closes. */
export class TaskList {
  private readonly tasks = new Map<string, Task>()
  private readonly jobs = new Map<string, RunningJob<JobKind>>()

  constructor(
    private readonly launch: JobProcessLauncher,
    private readonly events: EventBus,
  ) {}

  list(): Task[] {
    return [...this.tasks.values()]
  }

  /** Runs a job that a person sees under `title`. Throws what the job throws. */
  async run<Kind extends JobKind>(
    title: string,
    kind: Kind,
    input: JobInput<Kind>,
  ): Promise<JobOutput<Kind>> {
    const task: Task = { id: randomUUID(), title, fraction: null, stage: 'Starting', state: 'running' }
    const job = startJob(this.launch, kind, input, ({ stage, fraction }) =>
      this.put({ ...task, stage, fraction }),
    )
    this.jobs.set(task.id, job)
    this.put(task)
    try {
      const output = await job.result
      this.put({ ...task, fraction: 1, stage: 'Finished', state: 'finished' })
      return output
    } catch (error) {
      const stage = error instanceof Error ? error.message : String(error)
      this.put({ ...task, stage, state: 'failed' })
      throw error
    } finally {
      this.jobs.delete(task.id)
      this.forgetOldest()
    }
  }

  /** Runs a job that is over before anybody could look at it (a preview), or until the signal says that nobody waits. */
  async runQuietly<Kind extends JobKind>(
    kind: Kind,
    input: JobInput<Kind>,
    signal?: AbortSignal,
  ): Promise<JobOutput<Kind>> {
    const id = randomUUID()
    const job = startJob(this.launch, kind, input)
    signal?.addEventListener('abort', () => job.cancel(), { once: true })
    this.jobs.set(id, job)
    try {
      return await job.result
    } finally {
      this.jobs.delete(id)
    }
  }

  /** Asks a task's job to stop; `run` then throws 'cancelled'. A task that is over stays as it is. */
  cancel(id: string): void {
    this.jobs.get(id)?.cancel()
  }

  /** Ends every job and waits until it is over. */
  async cancelAll(): Promise<void> {
    const running = [...this.jobs.values()]
    for (const job of running) job.cancel()
    await Promise.allSettled(running.map(({ result }) => result))
  }

  private put(task: Task): void {
    this.tasks.set(task.id, task)
    this.events.emit('task.changed', task)
  }

  private forgetOldest(): void {
    const finished = this.list().filter(({ state }) => state !== 'running')
    for (const { id } of finished.slice(0, -mostFinished)) this.tasks.delete(id)
  }
}
