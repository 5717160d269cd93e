import type { Context, Info, TensorInput } from './common'

/** How the ranks of a model are chosen: exactly one of these is given, the others are null. */
export interface RankChoice {
  /** One for each mode. */
  ranks: number[] | null
  /** The smallest model whose relative error is at most this. */
  tolerance: number | null
  /** The best model of at most this many numbers, by the bound of the singular values. */
  budget: number | null
}

/** `gram`: from Gram matrices, exact to 1e-8 of the largest singular value; `qr`: from QR and SVD, exact to 1e-15. */
export type TensorAccuracy = 'gram' | 'qr'

export interface StHosvdParams {
  choice: RankChoice
  accuracy: TensorAccuracy
  /** Cut each mode before the next one is looked at; otherwise all are found from the whole tensor (HOSVD). */
  sequential: boolean
}

export interface HooiParams {
  choice: RankChoice
  accuracy: TensorAccuracy
  maxIterations: number
  /** Stop when a sweep lowers the relative error by less than this share of it. */
  stopTolerance: number
}

export interface RandomisedTuckerParams {
  ranks: number[]
  /** Directions sketched beyond the rank. */
  oversampling: number
  powerIterations: number
}

export interface CoreShapeParams {
  /** Numbers the model may have. */
  budget: number
  accuracy: TensorAccuracy
}

/**
 * Sequentially truncated or classical higher-order SVD. Every Tucker method writes `core.npy` (ranks) and
 * `factors-1.npy` … (length, rank), orthonormal, in their canonical form; its figures are relativeError (from the
 * residual), compression, size, largestResidual. This one writes `singularValues-1.npy` … too.
 * Trace columns: none.
 */
export function stHosvd(input: TensorInput, params: StHosvdParams, context: Context): Promise<Info>

/** Higher-order orthogonal iteration from an ST-HOSVD. Trace columns: relativeError, change. */
export function hooi(input: TensorInput, params: HooiParams, context: Context): Promise<Info>

/** Randomised ST-HOSVD; seeded. Trace columns: none. */
export function randomisedTucker(
  input: TensorInput,
  params: RandomisedTuckerParams,
  context: Context,
): Promise<Info>

/**
 * Ranks for a budget. Writes `singularValues-1.npy` …; `tradeoff.npy` (point, column) and `rules.npy` (rule, column)
 * with the columns size, compression, error bound, true error (where the whole core fits into memory), ranks. Rules:
 * optimum, greedy, gain per number, true-error greedy (with a core). Trace columns: none.
 */
export function coreShape(input: TensorInput, params: CoreShapeParams, context: Context): Promise<Info>
