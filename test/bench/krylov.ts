import type { Benchmark } from './benchmark'
import { multigridSpeed } from './krylov/multigrid-speed'

/** How fast sparse systems have to be solved. */
export const krylov: readonly Benchmark[] = [
  // Multigrid
  multigridSpeed,
]
import { productBandwidth } from './krylov/product-bandwidth'
import { sequences } from './krylov/sequences'

/** How fast sparse linear systems have to be. */
export const krylov: readonly Benchmark[] = [productBandwidth, ...sequences]
