import type { ArraySource, Context, Info } from './common'

/** A table with the columns that a Gaussian process reads, counted from zero. */
export interface TableInput {
  /** (row, column), NaN where a value is missing. */
  source: ArraySource
  /** Names of all columns, for the sentences of warnings and errors. */
  names: string[]
  inputs: number[]
  /** Null where there is none: a table to predict on. */
  target: number | null
  /** Precision of a row relative to the others: its noise variance is divided by it. */
  weight: number | null
  /** Given variance of the noise of a row, in the squared unit of the target. */
  noiseVariance: number | null
}

/** Rows kept back from a fit, to measure its calibration. */
export interface TableHoldOut {
  way: 'none' | 'split' | 'random' | 'blocks' | 'folds'
  /** (row): a row is held out where the value is neither zero nor false; null unless the way is 'split'. */
  split: ArraySource | null
  /** Share of rows ('random') or of blocks that have rows ('blocks'). */
  share: number
  /** Parts of the range of each of the first two inputs ('blocks'). */
  blocks: number
  /** Parts of the rows ('folds'). */
  folds: number
}

/*
 * What every fit of a Gaussian process writes, for the views that all of them share. Numbers are in the units of the
 * table.
 *
 * - `model.json` and the arrays it names: the fitted model, which `gpPredict` reads. It holds the names of the inputs and
 *   of the hyper-parameters, in the order of the arrays below.
 * - `hyperParameters.npy` (parameter; value, lower bound, upper bound), natural values, not logarithms.
 * - `hyperParameterPath.npy` (iteration, parameter), natural values after every iteration of the start that won.
 * - `jitterLadder.npy` (step; jitter, matrices that held on it), where any was factored.
 * - `relevance.npy` (input): 1 / length scale on standardised inputs, over the largest of them.
 * - `holdOut.npy` (held-out row; observed, predicted, deviation, lower, upper, pit, row), where rows were held out:
 *   predictive mean and deviation with the noise, ends of the 95 % interval, the predictive distribution function at what
 *   was observed, and the row of the table, counted from zero.
 * - `inducingPoints.npy` (point, input), or `neighbours.npy` (row; its neighbours, −1 where it has fewer), where the
 *   method has them.
 *
 * - `viewInputs.npy`, the inputs from the most relevant one on, and the function along them: of one input `curve.npy`,
 *   `curveDeviation.npy` (position), `curveRows.npy` (row; input, target); of more `meanField.npy`, `deviationField.npy`,
 *   `slices.npy`, `sliceLevels.npy`; `samples.npy` (position, sample). `curvePositions.npy`, `fieldPositions-1.npy` and
 *   `fieldPositions-2.npy` are coordinates of their axes, and `fieldInputs.npy` the inputs of those of the field: the
 *   later column downwards from its largest value, the earlier one to the right.
 *
 * Rows with a gap are left out of a fit, with a warning. Figures, of what was held out: rmse, mae, nlpd, msll, crps, intervalScore95, coverage95, and rmse and nlpd with the
 * target standardised by the fitted rows: standardisedRmse, standardisedNlpd. Of the fit: objective, noiseDeviation,
 * fittedRows, heldOutRows, mergedRows (duplicates), jitter (the largest that a factorisation needed).
 * Trace columns: objective, gradientNorm.
 */

/** How hyper-parameters are looked for. */
export interface GpSearch {
  /** First guesses beyond the one from the data. */
  restarts: number
  maxIterations: number
  /** Stop when five iterations lower the objective by less than this, for each row. */
  tolerance: number
}

export interface ExactGpParams {
  kernel: string
  trend: 'none' | 'constant' | 'linear'
  standardise: boolean
  /** Most rows that hyper-parameters are learned on. */
  learningRows: number
  search: GpSearch
}

/** Exact Gaussian process regression (Rasmussen & Williams 2006). */
export function exactGp(
  input: TableInput,
  holdOut: TableHoldOut,
  params: ExactGpParams,
  context: Context,
): Promise<Info>

export interface InducingGpParams {
  kernel: string
  trend: 'none' | 'constant' | 'linear'
  standardise: boolean
  method: 'vfe' | 'fitc'
  /** Inducing points; all rows where there are no more. */
  points: number
  selection: 'k-means' | 'greedy-variance' | 'random'
  /** Whether points move together with the hyper-parameters. */
  movePoints: boolean
  /** Whether deviations are scaled by rows kept back from learning. */
  calibrate: boolean
  search: GpSearch
}

/**
 * Regression with inducing points: variational free energy (Titsias 2009) or fully independent training conditional
 * (Snelson & Ghahramani 2006). Figures besides: inducingPoints, unexplainedVariance; of the free energy lowerBound and
 * upperBound of the logarithm of the evidence, for each row; where deviations were scaled, leaveOutCoverage and
 * calibratedLeaveOutCoverage of the rows kept back.
 */
export function inducingGp(
  input: TableInput,
  holdOut: TableHoldOut,
  params: InducingGpParams,
  context: Context,
): Promise<Info>

export interface StochasticGpParams {
  kernel: string
  trend: 'none' | 'constant' | 'linear'
  standardise: boolean
  /** How targets come about, given the function; 'heteroscedastic' with every point active only. */
  observation: 'gaussian' | 'student-t' | 'bernoulli' | 'poisson' | 'heteroscedastic'
  points: number
  selection: 'k-means' | 'greedy-variance' | 'random'
  /** Rows of a step. */
  batch: number
  /** Most passes over the rows. */
  epochs: number
  /** Step length of Adam. */
  learningRate: number
  /** Step length along the natural gradient. */
  naturalStep: number
  /** Stop when the last epochs change the bound by less than this, for each row. */
  tolerance: number
  /** Whether deviations are scaled by rows kept back from learning; of normal noise only. */
  calibrate: boolean
}

/** Stochastic variational inference from minibatches (Hensman, Fusi, Lawrence 2013), natural steps on the posterior. */
export function svgp(
  input: TableInput,
  holdOut: TableHoldOut,
  params: StochasticGpParams,
  context: Context,
): Promise<Info>

/** The same with only the `neighbours` inducing points nearest to a row active for it (Tran, Milios, Michiardi, Filippone 2021). */
export function swsgp(
  input: TableInput,
  holdOut: TableHoldOut,
  params: StochasticGpParams,
  neighbours: number,
  context: Context,
): Promise<Info>

/**
 * Predicts the rows of a table by the model in the folder `model`, its inputs found by their names.
 * Writes `predictions.npy` (row without gaps; number of the row from zero, mean, deviation, deviation of the function,
 * lower, upper end of the interval of that level).
 * Figures: rows, predictedRows; where targets are known: rmse, mae, nlpd, crps, intervalScore95, coverage95.
 */
export function gpPredict(model: string, input: TableInput, level: number, context: Context): Promise<Info>

export interface SyntheticTableParams {
  function: 'curve' | 'field' | 'friedman'
  rows: number
  /** Of Friedman's function. */
  inputs: number
  /** Deviation relative to that of the function. */
  noise: number
  noiseKind: 'normal' | 'rising' | 'heavy-tailed'
}

/** A table of a known function. Writes `table.npy` (row; inputs, target). Figures: noiseDeviation. */
export function syntheticTable(params: SyntheticTableParams, context: Context): Promise<Info>
