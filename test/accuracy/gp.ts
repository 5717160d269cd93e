import type { Check } from './check'
import { inducingMarks } from './gp/inducing-marks'
import { vecchiaMarks } from './gp/vecchia-marks'

/** What Gaussian processes have to reach. */
export const gp: readonly Check[] = [...vecchiaMarks, ...inducingMarks]
