import type { Environment } from '../../../shared/run'
import { readEnvironment } from '../environment'
import type { JobInput } from '../messages'

export function environmentJob({ version }: JobInput<'environment'>): Promise<Environment> {
  return Promise.resolve(readEnvironment(version))
}
