import { FiligreeError } from '../../shared/failure'
import type { Method } from '../../shared/method'
import { fcls } from './unmixing/fcls'
import { ssNmf } from './unmixing/ss-nmf'
import { syntheticScene } from './unmixing/synthetic-scene'
import { vca } from './unmixing/vca'

/** The one list of methods: forms, flags, documentation and report sections are made from it. */
export const methods: readonly Method[] = [vca, fcls, ssNmf, syntheticScene]

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
