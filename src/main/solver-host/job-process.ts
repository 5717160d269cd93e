/** A started child process that runs one job, whatever started it (child_process or utilityProcess). */
export interface JobProcess {
  readonly pid: number | null
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, with the exit code or the signal's name. */
  onExit(listener: (code: number | null, signal: string | null) => void): void
  /** The end for a process that does not answer. */
  kill(): void
}

/** Starts the built solver host (`out/main/solver-host.js`). Each shell brings its own. */
export type JobProcessLauncher = () => JobProcess
