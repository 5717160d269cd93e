import type { Benchmark } from './benchmark'

/** How fast sparse linear systems have to be. */
export const krylov: readonly Benchmark[] = []
