import { fork } from 'node:child_process'
import { resolve } from 'node:path'
import type { JobProcess, JobProcessLauncher } from '../services/workbench'

/** The built solver host; it lies beside the built shells in `out/main`. */
export const solverHostPath = resolve(import.meta.dirname, 'solver-host.js')

/**
 * Starts solver hosts as plain Node processes, for the browser shell and the command line. `serialization:
 * 'advanced'` keeps NaN and infinities, which JSON would turn into null.
 */
export function nodeJobProcessLauncher(path: string = solverHostPath): JobProcessLauncher {
  return () => launch(path)
}

function launch(path: string): JobProcess {
  // Its own process group is left alone on purpose: a Ctrl+C must reach the shell only, which then decides.
  const child = fork(path, [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
    detached: process.platform !== 'win32',
  })
  let ended = false
  const exitListeners: ((code: number | null, signal: string | null) => void)[] = []
  let outcome: [number | null, string | null] | null = null
  const end = (code: number | null, signal: string | null): void => {
    if (ended) return
    ended = true
    outcome = [code, signal]
    for (const listener of exitListeners) listener(code, signal)
  }
  child.on('exit', end)
  child.on('error', () => {
    // A process that could not even start has no exit event of its own.
    if (child.pid === undefined) end(null, null)
  })
  return {
    pid: child.pid ?? null,
    send: (message) => {
      // A failing send means that the process is going away; its exit event says so.
      if (child.connected) child.send(message as object, () => undefined)
    },
    onMessage: (listener) => {
      child.on('message', listener)
    },
    onExit: (listener) => {
      exitListeners.push(listener)
      if (outcome !== null) listener(...outcome)
    },
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}
