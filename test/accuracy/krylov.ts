import type { Check } from './check'

/** What sparse linear systems have to reach. */
export const krylov: readonly Check[] = []
