import type { Method } from '../../../shared/method'

/** Methods of the family, in the order they are offered. */
export const gpMethods: readonly Method[] = []
