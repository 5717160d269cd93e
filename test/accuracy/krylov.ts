import type { Check } from './check'
import { advisedOnMatrices } from './krylov/advised-on-matrices'
import { recycling } from './krylov/recycling'
import { rotatedAnisotropy } from './krylov/rotated-anisotropy'
import { solversSameBytes } from './krylov/same-bytes'

/** What sparse linear systems have to reach. */
export const krylov: readonly Check[] = [
  advisedOnMatrices,
  ...solversSameBytes,

  // Multigrid
  ...rotatedAnisotropy,

  // Sequences
  recycling,
]
