import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Workspace } from '../measurement/workspace'
import { bounded, mebibytes, seconds, type Measurement } from './benchmark'

/** What one solver took in a process of its own. */
export interface Weighed {
  /** Highest resident memory, with pages of mapped files. */
  peakBytes: number
  /** Highest memory of its own. */
  ownBytes: number
  seconds: number
  iterations: number
  figures: Record<string, number>
}

/** Why memory cannot be weighed here; null where it can. */
export const weighingMissing = () =>
  process.platform === 'linux' ? null : 'reads /proc, which only Linux has'

/** Runs a native solver on its inputs in a process of its own and weighs it. */
export async function weigh(
  workspace: Workspace,
  solver: string,
  inputs: readonly unknown[],
): Promise<Weighed> {
  const { folder, threads } = await workspace.solve()
  const script = resolve(import.meta.dirname, 'solve-and-weigh.mjs')
  const job = JSON.stringify({ solver, inputs, folder, threads })
  const { stdout } = await promisify(execFile)(process.execPath, [script, job])
  return JSON.parse(stdout) as Weighed
}

/** Memory and time of a solver that maps a file larger than it may hold. */
export function mappedFigures(weighed: Weighed, bound: number): Measurement[] {
  return [
    bounded('memory of its own (not pages of the mapped file), at most', weighed.ownBytes, bound, mebibytes),
    bounded(
      'resident memory at most, with pages of the file the system may take back',
      weighed.peakBytes,
      null,
      mebibytes,
    ),
    bounded('time', weighed.seconds, null, seconds),
  ]
}
