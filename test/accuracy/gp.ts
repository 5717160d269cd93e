import type { Check } from './check'
import { inducingMarks } from './gp/inducing-marks'
import { likelihoodMarks } from './gp/likelihood-marks'
import { vecchiaMarks } from './gp/vecchia-marks'

/** What Gaussian processes have to reach. */
export const gp: readonly Check[] = [...vecchiaMarks, ...inducingMarks, ...likelihoodMarks]
