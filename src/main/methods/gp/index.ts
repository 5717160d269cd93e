import type { Method } from '../../../shared/method'
import { exactGp } from './exact-gp'
import { fitc } from './fitc'
import { inducingSweep } from './inducing-sweep'
import { gpPredict } from './predict'
import { sgpr } from './sgpr'
import { svgp } from './svgp'
import { swsgp } from './swsgp'
import { syntheticTable } from './synthetic-table'
import { vecchiaGp } from './vecchia-gp'

/** Methods of the family, in the order they are offered. */
export const gpMethods: readonly Method[] = [
  // Fits
  vecchiaGp,
  exactGp,
  sgpr,
  fitc,
  svgp,
  swsgp,
  // How many inducing points
  inducingSweep,
  // What is done with a fitted model
  gpPredict,
  // Generators
  syntheticTable,
]
