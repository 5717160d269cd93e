import { FiligreeError } from '../../shared/failure'
import type { JobProcess, JobProcessLauncher } from './job-process'
import {
  jobReportSchema,
  jobs,
  type JobCommand,
  type JobInput,
  type JobKind,
  type JobOutput,
  type JobProgress,
  type JobReport,
} from './messages'

/** How long a job may take to stop by itself after it was cancelled: the rest of the promised second is for the kill. */
const graceMilliseconds = 850

/** A job under way, seen from the workbench. */
export interface RunningJob<Kind extends JobKind> {
  readonly pid: number | null
  /** The output, or a `FiligreeError`: what the job said, 'cancelled', or 'crashed' with the way it ended. */
  readonly result: Promise<JobOutput<Kind>>
  /** Asks the job to stop, and ends its process where it does not within a second. */
  cancel(): void
  /** Ends the process at once. */
  kill(): void
}

/** A job whose process runs and waits for its start. */
export interface LaunchedJob<Kind extends JobKind> extends RunningJob<Kind> {
  begin(input: JobInput<Kind>): void
}

/** Starts a process for a job; the job itself begins with `begin`, after its process number could be written down. */
export function launchJob<Kind extends JobKind>(
  launch: JobProcessLauncher,
  kind: Kind,
  onProgress: (progress: JobProgress) => void = () => undefined,
): LaunchedJob<Kind> {
  return new Supervisor(launch(), kind, onProgress)
}

/** Starts a process for a job and begins at once. */
export function startJob<Kind extends JobKind>(
  launch: JobProcessLauncher,
  kind: Kind,
  input: JobInput<Kind>,
  onProgress: (progress: JobProgress) => void = () => undefined,
): RunningJob<Kind> {
  const job = launchJob(launch, kind, onProgress)
  job.begin(input)
  return job
}

class Supervisor<Kind extends JobKind> implements LaunchedJob<Kind> {
  readonly result: Promise<JobOutput<Kind>>
  private readonly outcome = Promise.withResolvers<JobOutput<Kind>>()
  private cancelled = false
  private grace: NodeJS.Timeout | null = null
  private iteration = 0
  private stage = 'Starting'

  constructor(
    private readonly process: JobProcess,
    private readonly kind: Kind,
    private readonly onProgress: (progress: JobProgress) => void,
  ) {
    this.result = this.outcome.promise.finally(() => {
      if (this.grace !== null) clearTimeout(this.grace)
      // It has said all it had to say; what it wrote is on the disk.
      this.process.kill()
    })
    process.onMessage((message) => this.receive(message))
    process.onExit((code, signal) =>
      this.outcome.reject(this.cancelled ? cancelledError() : this.crash(code, signal)),
    )
  }

  get pid(): number | null {
    return this.process.pid
  }

  begin(input: JobInput<Kind>): void {
    this.send({ type: 'start', kind: this.kind, input })
  }

  cancel(): void {
    if (this.cancelled) return
    this.cancelled = true
    this.send({ type: 'cancel' })
    this.grace = setTimeout(() => this.process.kill(), graceMilliseconds)
  }

  kill(): void {
    this.process.kill()
  }

  private send(command: JobCommand): void {
    this.process.send(command)
  }

  private receive(message: unknown): void {
    const report = jobReportSchema.safeParse(message)
    if (!report.success) {
      this.outcome.reject(
        new FiligreeError('internal', 'The solver process said something that cannot be understood.', {
          detail: report.error.message,
        }),
      )
      return
    }
    this.answer(report.data)
  }

  private answer(report: JobReport): void {
    if (report.type === 'progress') {
      this.iteration = report.progress.iteration
      this.stage = report.progress.stage
      this.onProgress(report.progress)
    } else if (report.type === 'failure') {
      const { code, message, field, detail } = report.failure
      this.outcome.reject(
        new FiligreeError(code, message, {
          ...(field === null ? {} : { field }),
          ...(detail === null ? {} : { detail }),
        }),
      )
    } else {
      const output = jobs[this.kind].output.safeParse(report.output)
      if (output.success) this.outcome.resolve(output.data as JobOutput<Kind>)
      else
        this.outcome.reject(
          new FiligreeError('internal', 'The solver process gave a result that cannot be understood.', {
            detail: output.error.message,
          }),
        )
    }
  }

  private crash(code: number | null, signal: string | null): FiligreeError {
    const where = this.iteration > 0 ? ` at iteration ${this.iteration}` : ` (${this.stage.toLowerCase()})`
    if (code === null && signal === null) {
      return new FiligreeError(
        'crashed',
        'The solver process could not be started. Is the installation complete?',
      )
    }
    if (signal === 'SIGKILL') {
      return new FiligreeError(
        'crashed',
        `The solver process was killed (SIGKILL)${where}. If nobody did that, the computer may have run out of memory: close other programs, or work on a smaller scene.`,
      )
    }
    const how = signal === null ? `ended without a result (exit code ${code})` : `was ended by ${signal}`
    return new FiligreeError(
      'crashed',
      `The solver process ${how}${where}. Nothing else was affected; start it again.`,
    )
  }
}

function cancelledError(): FiligreeError {
  return new FiligreeError('cancelled', 'It was cancelled.')
}
