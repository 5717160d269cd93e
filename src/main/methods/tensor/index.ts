import type { Method } from '../../../shared/method'

/** Methods of the family, in the order they are offered. */
export const tensorMethods: readonly Method[] = [
  // Dense

  // Missing and scattered

  // Generators
]
