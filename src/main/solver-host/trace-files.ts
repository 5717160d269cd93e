import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { runFiles } from '../store/project-paths'

/** The text of a number that gives the same number when it is read again. */
function text(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return String(value)
}

/**
 * The growing files of a run. `trace.csv` depends on nothing but the run itself: times, which never repeat, are
 * in `timing.csv`, and words are in `log.txt`. Writes follow one another; `close` throws what went wrong.
 */
export class TraceFiles {
  private last: Promise<void> = Promise.resolve()
  private problem: Error | null = null

  private constructor(
    private readonly trace: FileHandle | null,
    private readonly timing: FileHandle,
    private readonly logFile: FileHandle,
    private readonly onProblem: (error: unknown) => void,
  ) {}

  /** `columns` are the trace columns after the iteration; null for a method without a trace. */
  static async open(
    folder: string,
    columns: readonly string[] | null,
    onProblem: (error: unknown) => void,
  ): Promise<TraceFiles> {
    const timing = await open(join(folder, runFiles.timing), 'w')
    await timing.write('iteration,seconds\n')
    const log = await open(join(folder, runFiles.log), 'w')
    if (columns === null) return new TraceFiles(null, timing, log, onProblem)
    const trace = await open(join(folder, runFiles.trace), 'w')
    await trace.write(`${['iteration', ...columns].join(',')}\n`)
    return new TraceFiles(trace, timing, log, onProblem)
  }

  rows(rows: readonly (readonly number[])[]): void {
    const { trace } = this
    if (rows.length === 0 || trace === null) return
    this.append(trace, rows.map((row) => `${row.map(text).join(',')}\n`).join(''))
  }

  time(iteration: number, seconds: number): void {
    this.append(this.timing, `${iteration},${seconds.toFixed(3)}\n`)
  }

  log(message: string): void {
    this.append(this.logFile, `${new Date().toISOString()} ${message}\n`)
  }

  async close(): Promise<void> {
    await this.last
    await Promise.all([this.trace?.close(), this.timing.close(), this.logFile.close()])
    if (this.problem !== null) throw this.problem
  }

  private append(file: FileHandle, content: string): void {
    this.last = this.last
      .then(async () => {
        if (this.problem === null) await file.appendFile(content)
      })
      .catch((error: unknown) => {
        this.problem = error instanceof Error ? error : new Error(String(error))
        this.onProblem(error)
      })
  }
}
