import { z } from 'zod'
import { defineMethod } from '../../../../shared/method'
import { harmonicRitzOutput, hierarchyOutput, residualOutput, solutionOutputs } from '../solve-outputs'
import {
  allPreconditioners,
  preconditionerParameters,
  problemParameters,
  restartParameter,
  stoppingParameters,
} from '../solve-parameters'
import { checkPreconditioned, preconditionedInputs, solveSystem } from '../solve-system'

/** GMRES with a preconditioner that may change. */
export const flexibleGmres = defineMethod({
  id: 'flexible-gmres',
  family: 'krylov',
  version: 1,
  title: 'Flexible GMRES(m)',
  summary:
    'GMRES whose preconditioner may differ from step to step: an inner iteration, a polynomial that adapts.',
  equations: [
    {
      latex: String.raw`A Z_m = V_{m+1} \bar H_m, \qquad z_j = M_j^{-1} v_j, \qquad x = x_0 + Z_m y`,
      caption: 'The preconditioned vectors Z are kept beside the basis V, so that every M may be another.',
    },
  ],
  documentation: `
## When to use it
With preconditioners that are themselves iterations, and whenever a method refuses a preconditioner because it varies.

## What to look out for
- **It keeps two vectors a step**, twice the memory of GMRES.
- With a preconditioner that does not vary, it is GMRES and gains nothing.
`.trim(),
  cite: [
    {
      authors: 'Saad',
      title: 'A flexible inner-outer preconditioned GMRES algorithm',
      year: 1993,
      venue: 'SIAM Journal on Scientific Computing 14(2)',
      doi: '10.1137/0914028',
    },
  ],
  inputs: preconditionedInputs,
  params: z.object({
    ...problemParameters,
    restart: restartParameter,
    ...stoppingParameters,
    ...preconditionerParameters(allPreconditioners, 'adaptive-polynomial'),
  }),
  outputs: { ...solutionOutputs, ...residualOutput, ...harmonicRitzOutput, ...hierarchyOutput },
  check: checkPreconditioned,
  solve: ({ matrix, factor }, parameters, context) =>
    solveSystem(matrix, 'flexible-gmres', parameters, context, factor),
})
