import type { Benchmark } from './benchmark'
import { sgprAgainstGpytorch, svgpAgainstGpytorch, swsgpAgainstSvgp } from './gp/gpytorch'
import { vecchiaLikelihood } from './gp/vecchia-likelihood'
import { vecchiaAgainstGpboost } from './gp/vecchia-against-gpboost'

/** How fast Gaussian processes have to be. */
export const gp: readonly Benchmark[] = [
  vecchiaAgainstGpboost,
  vecchiaLikelihood,
  sgprAgainstGpytorch,
  svgpAgainstGpytorch,
  swsgpAgainstSvgp,
]
