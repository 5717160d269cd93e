import type { Method } from '../../../shared/method'
import { funbat } from './funbat'

/** Methods of the family, in the order they are offered. */
export const tensorMethods: readonly Method[] = [
  // Dense

  // Missing and scattered
  funbat,

  // Generators
]
