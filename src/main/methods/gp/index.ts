import type { Method } from '../../../shared/method'
import { section } from '../section'
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
  ...section('Nearest neighbours', [vecchiaGp]),
  ...section('Inducing points', [sgpr, fitc, svgp, swsgp, inducingSweep]),
  ...section('Without approximation', [exactGp]),
  ...section('Fitted models', [gpPredict]),
  ...section('Generators', [syntheticTable]),
]
