import type { Benchmark } from './benchmark'
import { sgprAgainstGpytorch, svgpAgainstGpytorch, swsgpAgainstSvgp } from './gp/gpytorch'

/** How fast Gaussian processes have to be. */
export const gp: readonly Benchmark[] = [sgprAgainstGpytorch, svgpAgainstGpytorch, swsgpAgainstSvgp]
import { vecchiaAgainstGpboost } from './gp/vecchia-against-gpboost'

/** How fast Gaussian processes have to be. */
export const gp: readonly Benchmark[] = [vecchiaAgainstGpboost]
