import { spawn } from 'node:child_process'
import { built } from './built'

export interface CommandEnd {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface CommandOptions {
  /** Settings and default projects go here. */
  home: string
  cwd?: string
  /** Milliseconds after which the process is killed with SIGKILL. */
  killAfter?: number
  /** Milliseconds after which Ctrl+C is pressed. */
  interruptAfter?: number
}

/** Runs the built command line to its end. */
export function filigree(
  words: readonly string[],
  { home, cwd, killAfter, interruptAfter }: CommandOptions,
): Promise<CommandEnd> {
  const child = spawn(process.execPath, [built.cli, ...words], {
    cwd: cwd ?? home,
    env: { ...process.env, FILIGREE_SETTINGS: `${home}/settings`, FILIGREE_PROJECTS: `${home}/projects` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const timers = [
    ...(killAfter === undefined ? [] : [setTimeout(() => child.kill('SIGKILL'), killAfter)]),
    ...(interruptAfter === undefined ? [] : [setTimeout(() => child.kill('SIGINT'), interruptAfter)]),
  ]
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    // Not 'close': a solver host that outlives its killed parent for a moment still holds stderr.
    child.on('exit', (code, signal) => {
      for (const timer of timers) clearTimeout(timer)
      setImmediate(() => resolve({ code, signal, stdout, stderr }))
    })
  })
}
