import type { JobProgress } from './messages'

/** What a job is given besides its input. */
export interface JobContext {
  onProgress: (progress: JobProgress) => void
  signal: AbortSignal
}

/** Progress of work that has stages but no iterations. */
export function stageProgress(stage: string, fraction: number | null): JobProgress {
  return { stage, iteration: 0, iterationLimit: null, fraction, rows: [] }
}
