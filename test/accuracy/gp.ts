import type { Check } from './check'

/** What Gaussian processes have to reach. */
export const gp: readonly Check[] = []
