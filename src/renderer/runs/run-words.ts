import type { FailureCode } from '../../shared/failure'
import type { RunRecord, RunState } from '../../shared/run'

/** A state as a person reads it. */
export const stateTitles: Readonly<Record<RunState, string>> = {
  queued: 'Queued',
  running: 'Running',
  cancelling: 'Cancelling',
  succeeded: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
  crashed: 'Crashed',
}

/** The tone of a state's badge. */
export const stateTones: Readonly<Record<RunState, 'neutral' | 'accent' | 'success' | 'warning' | 'danger'>> =
  {
    queued: 'neutral',
    running: 'accent',
    cancelling: 'warning',
    succeeded: 'success',
    failed: 'danger',
    cancelled: 'neutral',
    crashed: 'danger',
  }

/** What to try after a failure, beyond what its own sentence says. */
const advice: Partial<Record<FailureCode, string>> = {
  'invalid-parameter': 'Run again with another value: the form marks the parameter.',
  'not-found': 'Put the file back where it was, or import it again.',
  'read-only': 'Make the project folder writable, then run again.',
  'disk-full': 'Make room on the disk, then run again: nothing half-made was kept.',
  'crashed': 'Run again. If it crashes again, try fewer threads; the log shows how far it came.',
  'out-of-memory': 'Close other programs, or work on something smaller.',
  'internal': 'This is a fault of Filigree. The technical text below helps to mend it.',
}

/** The same where it depends on what is solved for. */
const unmixingAdvice: typeof advice = {
  'invalid-data': 'Look at the dataset, or choose under Preparation how such pixels are treated.',
  'breakdown': 'Run again with another seed or start; the log shows the last iterations.',
  'out-of-memory': 'Close other programs, use fewer endmembers, or work on a smaller cube.',
}

function adviceFor({ failure, method }: RunRecord): string | null {
  if (failure === null) return null
  const ofFamily = method.family === 'unmixing' ? unmixingAdvice[failure.code] : undefined
  return ofFamily ?? advice[failure.code] ?? null
}

const unsolvedTitles: Partial<Record<NonNullable<RunRecord['stopReason']>, string>> = {
  'stagnated': 'Not solved: the iteration stagnated',
  'broke-down': 'Not solved: the iteration broke down',
  'iteration-limit': 'Not solved: the iteration limit was reached',
}

/** How a solve ended that kept a solution short of the tolerance; null for all others. */
export function unsolvedBy({ state, method, stopReason, stopMessage }: RunRecord): {
  title: string
  message: string
} | null {
  // Elsewhere an iteration limit is a usual end; a system is solved or it is not.
  if (state !== 'succeeded' || method.family !== 'krylov' || stopReason === null) return null
  const title = unsolvedTitles[stopReason]
  return title === undefined ? null : { title, message: stopMessage ?? '' }
}

/** What happened to a run that did not succeed, and what to try; null for one that did or still may. */
export function troubleOf(
  record: RunRecord,
  iterations: number,
): { title: string; message: string; advice: string | null } | null {
  if (record.state === 'cancelled') {
    const message =
      iterations > 0
        ? `Cancelled after ${iterations} ${iterations === 1 ? 'iteration' : 'iterations'}. What was written by then is kept.`
        : 'Cancelled before the first iteration.'
    return { title: 'This run was cancelled', message, advice: null }
  }
  if (record.state !== 'failed' && record.state !== 'crashed') return null
  return {
    title: record.state === 'crashed' ? 'The solver went away' : 'This run failed',
    message: record.failure?.message ?? 'No reason was recorded.',
    advice: adviceFor(record),
  }
}
