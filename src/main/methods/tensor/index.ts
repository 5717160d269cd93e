import type { Method } from '../../../shared/method'
import { coreShape } from './core-shape'
import { funbat } from './funbat'
import { hooi } from './hooi'
import { modeViews } from './mode-views'
import { nonnegativeTucker } from './nonnegative-tucker'
import { randomisedTucker } from './randomised-tucker'
import { stHosvd } from './st-hosvd'
import { maskedTucker } from './masked-tucker'
import { sparseTucker } from './sparse-tucker'
import { syntheticTensor } from './synthetic-tensor'

/** Methods of the family, in the order they are offered. */
export const tensorMethods: readonly Method[] = [
  // Dense
  stHosvd,
  hooi,
  randomisedTucker,
  nonnegativeTucker,
  coreShape,
  modeViews,

  // Missing and scattered
  maskedTucker,
  funbat,
  sparseTucker,

  // Generators
  syntheticTensor,
]
