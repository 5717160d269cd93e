import { FiligreeError } from '../../shared/failure'
import type { Method } from '../../shared/method'
import { gpMethods } from './gp'
import { krylovMethods } from './krylov'
import { tensorMethods } from './tensor'
import { unmixingMethods } from './unmixing'

/** All methods: forms, flags, documentation and report sections are made from these lists. */
export const methods: readonly Method[] = [
  ...unmixingMethods,
  ...krylovMethods,
  ...gpMethods,
  ...tensorMethods,
]

/** Finds a method by id, in one of the two roles. Throws 'not-found' with the names there are. */
export function findMethod(id: string, role: 'solver' | 'generator' = 'solver'): Method {
  const candidates = methods.filter(({ description }) => description.role === role)
  const method = candidates.find(({ description }) => description.id === id)
  if (method !== undefined) return method
  const names = candidates.map(({ description }) => description.id).join(', ')
  throw new FiligreeError('not-found', `There is no ${role} called '${id}'. There are: ${names}.`, {
    field: 'method',
  })
}
