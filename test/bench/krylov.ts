import type { Benchmark } from './benchmark'
import { multigridSpeed } from './krylov/multigrid-speed'
import { productBandwidth } from './krylov/product-bandwidth'
import { sequences } from './krylov/sequences'

/** How fast sparse systems have to be solved. */
export const krylov: readonly Benchmark[] = [
  productBandwidth,

  // Multigrid
  multigridSpeed,

  // Sequences
  ...sequences,
]
