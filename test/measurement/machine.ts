import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { loadNative } from '../../src/main/methods/native'

/** What the figures were measured on: without it they say little. */
export interface Machine {
  processor: string
  cores: number
  memoryBytes: number
  system: string
  node: string
  native: { version: string; target: string; libraries: Record<string, string> }
  /** The state of the source; null outside a checkout. */
  commit: string | null
  /** Processes that wanted a core in the minute before: from one upwards, times are those of a shared machine. */
  load: number
}

/** Describes this machine and the native addon. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.version,
    native: loadNative().version(),
    commit: commit(),
    load: loadavg()[0] ?? 0,
  }
}

/** One line for the top of an output. */
export function machineLine(machine: Machine): string {
  const memory = (machine.memoryBytes / 2 ** 30).toFixed(1)
  return `${machine.processor}, ${machine.cores} cores, ${memory} GiB; ${machine.system}; Node ${machine.node}; native ${machine.native.version} (${machine.native.target}); load before the start ${machine.load.toFixed(1)}`
}

function commit(): string | null {
  try {
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: import.meta.dirname, stdio: 'pipe' })
    return head.toString().trim()
  } catch {
    return null
  }
}
