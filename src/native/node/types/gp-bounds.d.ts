import type { Context, Info } from './common'
import type { GpSearch, TableInput } from './gp-table'

export interface GpBoundSweepParams {
  kernel: string
  trend: 'none' | 'constant' | 'linear'
  standardise: boolean
  fewest: number
  most: number
  /** How many numbers of points, evenly on a logarithmic scale. */
  sizes: number
  selection: 'k-means' | 'greedy-variance' | 'random'
  search: GpSearch
}

/**
 * Fits the variational free energy with rising numbers of inducing points. Writes `bounds.npy` (number of points; lower,
 * upper bound of the logarithm of the evidence for each row) and `boundTable.npy` (number of points; points, lower, upper,
 * gap, unexplained share of the variance, deviation of the noise in the unit of the target). Trace columns: points, lower,
 * upper. Figures: inducingPoints, lowerBound, upperBound, unexplainedVariance, jitter, of the most points.
 */
export function gpBoundSweep(input: TableInput, params: GpBoundSweepParams, context: Context): Promise<Info>
