import type { Method } from '../../../shared/method'
import { coreShape } from './core-shape'
import { funbat } from './funbat'
import { hooi } from './hooi'
import { randomisedTucker } from './randomised-tucker'
import { stHosvd } from './st-hosvd'
import { maskedTucker } from './masked-tucker'
import { sparseTucker } from './sparse-tucker'

/** Methods of the family, in the order they are offered. */
export const tensorMethods: readonly Method[] = [
  // Dense
  stHosvd,
  hooi,
  randomisedTucker,
  coreShape,

  // Missing and scattered
  maskedTucker,
  funbat,
  sparseTucker,

  // Generators
]
