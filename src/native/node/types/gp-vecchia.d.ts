import type { Context, Info } from './common'
import type { GpSearch, TableHoldOut, TableInput } from './gp-table'

export interface VecchiaGpParams {
  /** 'automatic' is Matérn 3/2, unless another of the three clearly predicts rows left out better. */
  kernel: 'automatic' | 'matern12' | 'matern32' | 'matern52' | 'rbf' | 'rq'
  /** 'automatic' is linear where there are 20 rows a coefficient, else constant. */
  trend: 'automatic' | 'none' | 'constant' | 'linear'
  standardise: boolean
  /** Earlier rows that each row is conditioned on in the likelihood. */
  neighbours: number
  /** Rows that each prediction is made from, at most: as many as predictions of rows left out gain from. */
  predictionNeighbours: number
  ordering: 'maximin' | 'random'
  /** Whether the variance of the noise is a function of the inputs. */
  noise: 'constant' | 'varying'
  /** What deviations of predictions are scaled by. */
  calibration: 'none' | 'levels' | 'local'
  search: GpSearch
}

/**
 * Vecchia's approximation. Beside what every fit writes: `neighbours.npy` (edge; coordinates of a row, then of one that
 * it is conditioned on). Own figures: neighbours, predictionNeighbours, trendTerms, smoothness (of a Matérn: 0.5, 1.5 or 2.5), and
 * where deviations are calibrated leaveOutCoverage and calibratedLeaveOutCoverage, of 95 % intervals of training rows
 * predicted from the others.
 */
export function vecchiaGp(
  input: TableInput,
  holdOut: TableHoldOut,
  params: VecchiaGpParams,
  context: Context,
): Promise<Info>

/**
 * The likelihood of a table, its gradient and its information, computed `repeats` times at the first guess of the
 * hyper-parameters, to tell how long one takes: `iterationSeconds` over `iterations`. Figures: objective, gradient
 * (largest part), a row. Nothing is written.
 */
export function vecchiaLikelihood(
  input: TableInput,
  params: VecchiaGpParams,
  repeats: number,
  context: Context,
): Promise<Info>
