import type { RunProgress, RunState } from '../../shared/run'
import type { JobProgress } from '../solver-host/messages'

/** Below this share an estimate of the rest would be a guess. */
const leastFraction = 0.02

/** The newest progress of a run, with the time it took and the time it may still take. */
export class RunClock {
  private readonly start = performance.now()
  private newest: Omit<JobProgress, 'rows'> = {
    stage: 'Starting',
    iteration: 0,
    iterationLimit: null,
    fraction: null,
  }

  constructor(private readonly run: string) {}

  report(progress: JobProgress, state: RunState): RunProgress {
    const { rows, ...newest } = progress
    this.newest = newest
    return { ...this.now(state), rows }
  }

  now(state: RunState): RunProgress {
    const elapsedSeconds = (performance.now() - this.start) / 1000
    return {
      run: this.run,
      state,
      ...this.newest,
      elapsedSeconds,
      remainingSeconds: this.remaining(elapsedSeconds),
      rows: [],
    }
  }

  /** As long as the part that is done took; a solver that converges early is done sooner. */
  private remaining(elapsed: number): number | null {
    const { fraction, iteration, iterationLimit } = this.newest
    const done = fraction ?? (iterationLimit === null ? null : iteration / iterationLimit)
    return done === null || done < leastFraction ? null : (elapsed * (1 - done)) / done
  }
}
