import type { Check } from './check'
import { advisedOnMatrices } from './krylov/advised-on-matrices'
import { rotatedAnisotropy } from './krylov/rotated-anisotropy'

/** What sparse linear systems have to reach. */
export const krylov: readonly Check[] = [
  advisedOnMatrices,

  // Multigrid
  ...rotatedAnisotropy,
]
import { recycling } from './krylov/recycling'

/** What sparse linear systems have to reach. */
export const krylov: readonly Check[] = [advisedOnMatrices, recycling]
