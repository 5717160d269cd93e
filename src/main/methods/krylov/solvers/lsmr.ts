import { z } from 'zod'
import { defineMethod, input } from '../../../../shared/method'
import { residualOutput, solutionOutputs } from '../solve-outputs'
import { problemParameters, stoppingParameters } from '../solve-parameters'
import { checkProblem, solveSystem } from '../solve-system'

/** LSMR, least squares with a matrix of any shape. */
export const lsmr = defineMethod({
  id: 'lsmr',
  family: 'krylov',
  version: 1,
  title: 'LSMR',
  summary: 'Least squares like LSQR, with ‖Aᴴ r‖ falling in every iteration: safe to stop early.',
  equations: [
    {
      latex: String.raw`\min_x \lVert A^{\mathsf H}(b - A x) \rVert_2 \ \text{ over } \ \mathcal K_k(A^{\mathsf H}A,\, A^{\mathsf H} b)`,
      caption: 'MINRES on the normal equations, without forming them.',
    },
  ],
  documentation: `
## When to use it
For rectangular, singular or inconsistent systems that are stopped early: the gradient of the least-squares problem only falls.

## What to look out for
- **An inconsistent system does not reach the tolerance**; see LSQR.
- **The residual itself falls a little later than LSQR's.**
`.trim(),
  cite: [
    {
      authors: 'Fong, Saunders',
      title: 'LSMR: an iterative algorithm for sparse least-squares problems',
      year: 2011,
      venue: 'SIAM Journal on Scientific Computing 33(5)',
      doi: '10.1137/10079687X',
    },
  ],
  inputs: { matrix: input.matrix() },
  params: z.object({
    ...problemParameters,
    ...stoppingParameters,
  }),
  outputs: { ...solutionOutputs, ...residualOutput },
  check: ({ matrix }, parameters) => checkProblem(matrix, parameters),
  solve: ({ matrix }, parameters, context) => solveSystem(matrix, 'lsmr', parameters, context),
})
