import { z } from 'zod'
import { defineMethod } from '../../../../shared/method'
import { hierarchyOutput, residualOutput, ritzOutput, solutionOutputs } from '../solve-outputs'
import {
  definitePreconditioners,
  preconditionerParameters,
  problemParameters,
  stoppingParameters,
} from '../solve-parameters'
import { checkPreconditioned, preconditionedInputs, solveSystem } from '../solve-system'

/** MINRES, for Hermitian matrices that may be indefinite. */
export const minres = defineMethod({
  id: 'minres',
  family: 'krylov',
  version: 1,
  title: 'MINRES',
  summary:
    'For Hermitian matrices, definite or not: the iterate of least residual, from a recurrence of three vectors.',
  equations: [
    {
      latex: String.raw`x_k = \arg\min_{x \in x_0 + \mathcal K_k(M^{-1}A,\, M^{-1}r_0)} \lVert b - A x \rVert_{M^{-1}}`,
      caption:
        'The residual falls in every iteration in the norm of the preconditioner, which is the plain one without it.',
    },
  ],
  documentation: `
## When to use it
For symmetric (Hermitian) matrices that are or may be indefinite: saddle points, shifted operators, Helmholtz with given sides, and singular consistent systems.

## What to look out for
- **The preconditioner must be positive definite** although the matrix is not: Jacobi with absolute values, multigrid of the definite part.
- **Spectra on both sides of nought** make every second iteration idle; GMRES with an indefinite preconditioner may need fewer.
`.trim(),
  cite: [
    {
      authors: 'Paige, Saunders',
      title: 'Solution of sparse indefinite systems of linear equations',
      year: 1975,
      venue: 'SIAM Journal on Numerical Analysis 12(4)',
      doi: '10.1137/0712047',
    },
  ],
  inputs: preconditionedInputs,
  params: z.object({
    ...problemParameters,
    ...stoppingParameters,
    ...preconditionerParameters(definitePreconditioners, 'none'),
  }),
  outputs: { ...solutionOutputs, ...residualOutput, ...ritzOutput, ...hierarchyOutput },
  check: checkPreconditioned,
  solve: ({ matrix, factor }, parameters, context) =>
    solveSystem(matrix, 'minres', parameters, context, factor),
})
