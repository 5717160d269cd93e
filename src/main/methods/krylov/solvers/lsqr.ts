import { z } from 'zod'
import { defineMethod, input } from '../../../../shared/method'
import { residualOutput, solutionOutputs } from '../solve-outputs'
import { problemParameters, stoppingParameters } from '../solve-parameters'
import { checkProblem, solveSystem } from '../solve-system'

/** LSQR, least squares with a matrix of any shape. */
export const lsqr = defineMethod({
  id: 'lsqr',
  family: 'krylov',
  version: 1,
  title: 'LSQR',
  summary:
    'Least squares with a matrix of any shape: conjugate gradients on the normal equations, without forming them.',
  equations: [
    {
      latex: String.raw`\min_x \lVert b - A x \rVert_2`,
      caption:
        'Golub-Kahan bidiagonalisation; the residual falls in every iteration. Of several solutions, the shortest.',
    },
  ],
  documentation: `
## When to use it
For rectangular and for singular matrices, and for inconsistent systems, where no x makes b − A x vanish.

## What to look out for
- **An inconsistent system does not reach the tolerance.** It ends when ‖Aᴴ(b − A x)‖ has vanished, and the run says that this is the least-squares solution.
- **The condition number counts squared.** Ill-conditioned square systems are better served by GMRES or a direct solver.
`.trim(),
  cite: [
    {
      authors: 'Paige, Saunders',
      title: 'LSQR: an algorithm for sparse linear equations and sparse least squares',
      year: 1982,
      venue: 'ACM Transactions on Mathematical Software 8(1)',
      doi: '10.1145/355984.355989',
    },
  ],
  inputs: { matrix: input.matrix() },
  params: z.object({
    ...problemParameters,
    ...stoppingParameters,
  }),
  outputs: { ...solutionOutputs, ...residualOutput },
  check: ({ matrix }, parameters) => checkProblem(matrix, parameters),
  solve: ({ matrix }, parameters, context) => solveSystem(matrix, 'lsqr', parameters, context),
})
