import type { Context, Info } from './common'
import type { CubeInput } from './unmixing'

export interface EdaaParams {
  /** p, 2 to 64 and at most the number of kept bands. */
  endmembers: number
  /** T: rounds of updates of abundances and archetypes in turn. */
  rounds: number
  /** K₁: updates of the abundances in a round. */
  abundanceSteps: number
  /** K₂: updates of the archetypes in a round. */
  archetypeSteps: number
  /** M: restarts, each with a random start and a random step size. */
  restarts: number
  /** Which of the restarts that fit well is kept: largest volume, lowest coherence, or simply the best fit. */
  rule: 'volume' | 'coherence' | 'fit'
  /** By how much, relative to itself, a restart may fit worse than the best one and still be kept. */
  fitTolerance: number
}

/**
 * Entropic descent archetypal analysis (Zouaoui, Muhawenayo, Rasti, Chanussot, Mairal 2023, arXiv 2209.11002).
 * Writes what every method with endmembers and abundances writes, `contributions.npy` (p, lines, samples; weights of
 * the pixels in each archetype) and `restarts.npy` (restart, 7): fit, what the rule compares (coherence for that rule,
 * else volume), the other one of the two, relative residual, step factor, halvings of the step, chosen (1 or 0).
 * Trace columns: lowest, median, highest objective of the restarts under way.
 */
export function edaa(cube: CubeInput, params: EdaaParams, context: Context): Promise<Info>
