import type { Benchmark } from './benchmark'
import { matrixMarketReader } from './krylov/matrix-market-reader'
import { multigridSpeed } from './krylov/multigrid-speed'
import { productBandwidth } from './krylov/product-bandwidth'
import { sequences } from './krylov/sequences'

/** How fast sparse systems have to be solved. */
export const krylov: readonly Benchmark[] = [
  matrixMarketReader,
  productBandwidth,

  // Multigrid
  multigridSpeed,

  // Sequences
  ...sequences,
]
