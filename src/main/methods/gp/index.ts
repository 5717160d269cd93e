import type { Method } from '../../../shared/method'
import { exactGp } from './exact-gp'
import { gpPredict } from './predict'

/** Methods of the family, in the order they are offered. */
export const gpMethods: readonly Method[] = [exactGp, gpPredict]
