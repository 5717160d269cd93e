import type { ArraySource, Context, Info } from './common'

/** A tensor of which some entries were observed. */
export interface ObservedInput {
  /** Values of scattered entries (entry), or the dense array. */
  values: ArraySource
  /** Places of scattered entries (entry, mode), counted from zero; null for a dense array. */
  indices: ArraySource | null
  /** Length of every mode. */
  shape: number[]
  /** Bool, of the shape of `values`: true where a value is missing. Null where none is. */
  mask: ArraySource | null
  /** Factor that turns stored numbers into the quantity; 1 where there is none. */
  scale: number
  /** Stored value that marks a missing entry; null where there is none. */
  noDataValue: number | null
}

/** What is kept back from the fit, to be predicted. */
export interface HoldOut {
  /** Bool (entry, fold): the entries of column `fold` are kept back. Null: `share` of them, picked at random. */
  columns: ArraySource | null
  /** Counted from zero. */
  fold: number
  share: number
}

export interface FunbatParams {
  /** Functions of every mode. */
  ranks: number[]
  form: 'tucker' | 'cp'
  kernel: 'matern-12' | 'matern-32'
  /** Share of the range of the coordinates, for all modes; null learns one for each. */
  lengthScale: number | null
  /** First guesses tried. */
  starts: number
  /** Share of the fitted entries that intervals are calibrated on; 0 leaves them as the posterior has them. */
  calibrationShare: number
  /** Of a fit. */
  maxIterations: number
  /** Stop when ten rounds raise the evidence bound by less than this, for each entry. */
  tolerance: number
}

export interface MaskedTuckerParams {
  /** Components of every mode. */
  ranks: number[]
  /** Weight of squared core and factors, relative to entries of mean square one; null chooses it by validation. */
  ridge: number | null
  /** First guesses tried for scattered entries. */
  starts: number
  maxIterations: number
  /** Stop when a sweep changes the error on the fitted entries by less than this share of it. */
  tolerance: number
}

export interface SparseTuckerParams {
  /** Components of every mode. */
  ranks: number[]
  /** What is done with entries at the same place. */
  duplicates: 'sum' | 'refuse'
  /** Most memory a run may need, in megabytes; estimated before it starts. */
  memoryLimit: number
  maxIterations: number
  /** Stop when a sweep lowers the relative error by less than this share of it. */
  tolerance: number
}

/**
 * Functional Bayesian Tucker (Fang, Yu, Wang, Li, Kirby, Zhe 2024, arXiv 2311.04829). `coordinates` has a list for each
 * mode, or null where its indices are the coordinates.
 * Writes `core.npy` and `coreDeviation.npy` (ranks), `factors-1.npy` … and `factorDeviations-1.npy` … (length, rank),
 * `lengthScales.npy` (mode; unit of the coordinates), and, where entries are kept back, `holdOut.npy` (entry;
 * observed, predicted, deviation, then the index in every mode).
 * Deviations of predictions are calibrated on a share of the fitted entries: multiplied by intervalFactor.
 * Figures: evidenceBound, observedRmse, noiseDeviation, offset, intervalFactor; of what was kept back: holdOutRmse, holdOutMae,
 * holdOutRelativeError, meanImputationRmse, coverage95, nlpd.
 * Trace columns: evidenceBound (an entry), noiseDeviation, observedRmse.
 */
export function funbat(
  input: ObservedInput,
  holdOut: HoldOut,
  coordinates: (number[] | null)[],
  params: FunbatParams,
  context: Context,
): Promise<Info>

/**
 * Tucker of the observed entries alone: by imputation where at least half of a dense tensor was observed, else by least
 * squares on the entries.
 * Writes `core.npy` (ranks), `factors-1.npy` … (length, rank; orthonormal) and, where entries are kept back,
 * `holdOut.npy` (entry; observed, predicted, then the index in every mode).
 * Figures: observedError, observedRmse, coreEntries, ridge where there is one; holdOutRmse, holdOutMae,
 * holdOutRelativeError, meanImputationRmse.
 * Trace columns: observedError, change.
 */
export function maskedTucker(
  input: ObservedInput,
  holdOut: HoldOut,
  params: MaskedTuckerParams,
  context: Context,
): Promise<Info>

/**
 * Tucker of a sparse tensor, in which what is not listed is zero, without filling it in.
 * Writes `core.npy` (ranks) and `factors-1.npy` … (length, rank; orthonormal).
 * Figures: relativeError, fit, nonzeros, memoryEstimate (bytes).
 * Trace columns: relativeError, change.
 */
export function sparseTucker(
  input: ObservedInput,
  params: SparseTuckerParams,
  context: Context,
): Promise<Info>
