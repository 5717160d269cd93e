import type { Check } from './check'
import { advisedOnMatrices } from './krylov/advised-on-matrices'

/** What sparse linear systems have to reach. */
export const krylov: readonly Check[] = [advisedOnMatrices]
