import type { Axis } from './array'
import type { Proposal } from './run'

/** One report of a running solver: at most ten a second, trace rows in batches. */
export interface SolveProgress {
  stage: string
  iteration: number
  iterationLimit: number | null
  fraction: number | null
  rows: number[][]
}

/** What a solver needs beyond its inputs and parameters. */
export interface SolveContext {
  seed: number
  threads: number
  /** Hidden folder beside the finished runs; everything the method makes goes here. */
  folder: string
  onProgress: (progress: SolveProgress) => void
  signal: AbortSignal
}

/** An array a method wrote: its output's name (with `-1` … `-N` for one of each mode) and the axes of `<name>.npy`. */
export interface WrittenArtifact {
  name: string
  axes: Axis[]
  /** What its numbers are, where the title of the output does not say: the name of a predicted column. */
  quantity?: string
}

export interface SolveResult {
  iterations: number
  stopReason: 'converged' | 'iteration-limit' | 'stagnated' | 'broke-down' | 'cancelled' | 'finished'
  stopMessage: string
  figures: Record<string, number>
  setupSeconds: number
  iterationSeconds: number
  peakMemoryBytes: number
  warnings: string[]
  /** Findings in sentences that are no trouble. */
  notes?: string[]
  /** Runs to try next, in the order of the notes that say why. */
  proposals?: Proposal[]
  artifacts: WrittenArtifact[]
}
