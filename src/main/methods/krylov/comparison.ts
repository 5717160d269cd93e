/** How a combination did on one system. */
export interface Trial {
  /** True residual, recomputed; NaN where there was no result at all. */
  residual: number
  setupSeconds: number
  solveSeconds: number
  iterations: number
  memoryBytes: number
  /** It reached the tolerance. */
  solved: boolean
  /** How it ended, in words. */
  ending: string
  /** True residual after every iteration that was told: (iteration, residual). */
  history: readonly (readonly [number, number])[]
}

/** Time of set-up and solve together; infinite where the system was not solved, however quickly that was found out. */
export function secondsToSolve({ solved, setupSeconds, solveSeconds }: Trial): number {
  return solved ? setupSeconds + solveSeconds : Number.POSITIVE_INFINITY
}

/**
 * The order in which combinations are listed: most systems solved first, then by total time to the same true residual,
 * then by the residual that was reached. `trials[c][s]` is combination c on system s.
 */
export function rank(trials: readonly (readonly Trial[])[]): number[] {
  const keys = trials.map((row) => ({
    unsolved: row.filter(({ solved }) => !solved).length,
    seconds: row.reduce((sum, trial) => sum + trial.setupSeconds + trial.solveSeconds, 0),
    residual: Math.max(...row.map(({ residual }) => (Number.isNaN(residual) ? Infinity : residual))),
  }))
  return keys
    .map((key, index) => ({ ...key, index }))
    .toSorted((one, other) => {
      if (one.unsolved !== other.unsolved) return one.unsolved - other.unsolved
      if (one.unsolved === 0) return one.seconds - other.seconds
      return one.residual - other.residual
    })
    .map(({ index }) => index)
}

/**
 * Performance profile (Dolan and Moré 2002, Mathematical Programming 91): for each combination the share of the systems
 * that it solved within τ times the best time of that system, at every τ of `factors`.
 */
export function performanceProfile(
  trials: readonly (readonly Trial[])[],
  factors: readonly number[],
): number[][] {
  const systems = trials[0]?.length ?? 0
  const best = Array.from({ length: systems }, (_, system) =>
    Math.min(...trials.map((row) => seconds(row[system]))),
  )
  return trials.map((row) => {
    const ratios = row.map((trial, system) => secondsToSolve(trial) / (best[system] ?? Infinity))
    return factors.map((factor) => ratios.filter((ratio) => ratio <= factor).length / Math.max(1, systems))
  })
}

function seconds(trial: Trial | undefined): number {
  return trial === undefined ? Number.POSITIVE_INFINITY : secondsToSolve(trial)
}

/** Factors from 1 to 1000, evenly in their logarithm. */
export const profileFactors: readonly number[] = Array.from({ length: 61 }, (_, at) => 10 ** (at / 20))

/**
 * Histories of different length on common positions, at most `most` of them: (position, combination), NaN after the end
 * of a history.
 */
export function commonHistories(
  histories: readonly Trial['history'][],
  most = 1000,
): { positions: number[]; values: Float64Array } {
  const last = Math.max(0, ...histories.map((history) => history.at(-1)?.[0] ?? 0))
  const step = Math.max(1, Math.ceil(last / most))
  const positions = Array.from({ length: Math.floor(last / step) + 1 }, (_, at) => at * step)
  const values = new Float64Array(positions.length * histories.length).fill(Number.NaN)
  histories.forEach((history, line) => {
    let row = 0
    positions.forEach((position, at) => {
      while ((history[row + 1]?.[0] ?? Infinity) <= position) row += 1
      const found = history[row]
      const over = (history.at(-1)?.[0] ?? -1) + step <= position
      if (found !== undefined && found[0] <= position && !over)
        values[at * histories.length + line] = found[1]
    })
  })
  return { positions, values }
}
