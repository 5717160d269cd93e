import type { JobProcess, JobProcessLauncher } from './job-process'

/** The next process starts when the one before has begun its job: two that start at once start slowly. */
const delayMilliseconds = 400
/** A process that nobody wanted for so long goes, and its memory with it. */
const patienceMilliseconds = 120_000

/**
 * Keeps one process started ahead, so that a job begins without waiting for one: a preview or a look at a window of a
 * matrix takes its own time and no more. It is still one process a job; nothing is used twice.
 */
export class ReadyHost {
  private spare: JobProcess | null = null
  private timer: NodeJS.Timeout | null = null
  private closed = false

  constructor(private readonly start: JobProcessLauncher) {}

  /** Hands out the process that waits, or starts one where none does. */
  readonly launch: JobProcessLauncher = () => {
    const process = this.spare ?? this.start()
    this.spare = null
    this.after(delayMilliseconds, () => this.prepare())
    return process
  }

  /** Ends the process that waits; jobs go on. */
  close(): void {
    this.closed = true
    this.dismiss()
  }

  private prepare(): void {
    const process = this.start()
    this.spare = process
    process.onExit(() => {
      if (this.spare === process) this.spare = null
    })
    this.after(patienceMilliseconds, () => this.dismiss())
  }

  private dismiss(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    const process = this.spare
    this.spare = null
    process?.kill()
  }

  private after(milliseconds: number, work: () => void): void {
    if (this.timer !== null) clearTimeout(this.timer)
    if (this.closed) return
    this.timer = setTimeout(work, milliseconds)
    this.timer.unref()
  }
}
