import type { Method } from '../../../shared/method'
import { exactGp } from './exact-gp'
import { gpPredict } from './predict'
import { syntheticTable } from './synthetic-table'

/** Methods of the family, in the order they are offered. */
export const gpMethods: readonly Method[] = [
  // Fits
  exactGp,
  // What is done with a fitted model
  gpPredict,
  // Generators
  syntheticTable,
]
