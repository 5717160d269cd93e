import type { Benchmark } from './benchmark'

/** How fast Gaussian processes have to be. */
export const gp: readonly Benchmark[] = []
