import type { Benchmark } from './benchmark'
import { multigridSpeed } from './krylov/multigrid-speed'

/** How fast sparse systems have to be solved. */
export const krylov: readonly Benchmark[] = [
  // Multigrid
  multigridSpeed,
]
