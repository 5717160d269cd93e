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
  /** A tree over the modes, counted from one, such as `((1,2),3)`; empty: none. */
  tree: string
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
 * optimum, greedy, gain per number, true-error greedy (with a core). With a tree, `tree.npy` (node, 2): rank and share of the
 * energy lost, children before their parents. Trace columns: none.
 */
export function coreShape(input: TensorInput, params: CoreShapeParams, context: Context): Promise<Info>

export interface NonnegativeTuckerParams {
  /** One for each mode; a rank may exceed the length of its mode. */
  ranks: number[]
  /** λ: weight of the ℓ1 norm of the core, relative to ‖X‖; 0 to 1. */
  sparsity: number
  /** Passes over a factor for each time its products are formed; 1 is plain HALS. */
  innerPasses: number
  maxIterations: number
  /** Stop when a sweep lowers the objective by less than this share of it. */
  tolerance: number
  start: 'hosvd' | 'random'
  /** Starts tried; all but the first are random. */
  starts: number
}

export interface ModeViewsParams {
  /** The mode along which views of one matrix are stacked, from zero. */
  viewMode: number
  maxIterations: number
}

export interface SyntheticTensorParams {
  shape: number[]
  ranks: number[]
  /** Standard deviation relative to the root mean square of the clean tensor. */
  noise: number
  /** Share of the entries that are NaN. */
  missing: number
  nonnegative: boolean
}

/**
 * Non-negative core and factors, columns of unit length; seeded. Further figures: objective, zeroShareOfCore.
 * Trace columns: objective, relativeError, change.
 */
export function nonnegativeTucker(
  input: TensorInput,
  params: NonnegativeTuckerParams,
  context: Context,
): Promise<Info>

/**
 * Rank-one estimates of a tensor of three modes. Writes `directions-1.npy` … (length, 2: tensor, unfolding),
 * `comparison.npy` (mode, 4: value of the tensor, of the unfolding, |cosine| between both, predicted |cosine| with the
 * truth), `alignment.npy` (strength, 2): predicted |cosine| for the modes of the matrix, strengths evenly from 0 to twice
 * the largest of signal and thresholds. Figures: relativeError, signal, sharedNoise, viewNoise, firstThreshold,
 * secondThreshold. Trace columns: relativeError, change.
 */
export function modeViews(input: TensorInput, params: ModeViewsParams, context: Context): Promise<Info>

/** A tensor with its truth: `tensor.npy`, `core.npy`, `factors-1.npy` …; seeded. */
export function syntheticTensor(params: SyntheticTensorParams, context: Context): Promise<Info>
