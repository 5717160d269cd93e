import type { Method } from '../../../shared/method'
import { section } from '../section'
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
  ...section('Dense', [stHosvd, hooi, randomisedTucker, nonnegativeTucker, coreShape, modeViews]),
  ...section('Missing and scattered', [maskedTucker, funbat, sparseTucker]),
  ...section('Generators', [syntheticTensor]),
]
