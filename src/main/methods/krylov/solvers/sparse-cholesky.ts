import { z } from 'zod'
import { defineMethod, input } from '../../../../shared/method'
import { solutionOutputs } from '../solve-outputs'
import { problemParameters, stoppingParameters } from '../solve-parameters'
import { checkSquareProblem, solveSystem } from '../solve-system'

/** Direct solution by Cholesky. */
export const sparseCholesky = defineMethod({
  id: 'sparse-cholesky',
  family: 'krylov',
  version: 1,
  title: 'Sparse Cholesky (direct)',
  summary: 'Direct: A = L Lᴴ with an order that keeps L sparse. For Hermitian positive definite matrices.',
  equations: [
    {
      latex: String.raw`P A P^{\mathsf T} = L L^{\mathsf H}`,
      caption: 'P: fill-reducing order; L: lower triangular, sparse.',
    },
  ],
  documentation: `
## When to use it
For Hermitian positive definite matrices whose factor fits in memory: the safest solver there is, and for problems in the plane often the fastest up to some hundred thousand unknowns.

## What to look out for
- **A matrix that is not positive definite** has no such factor; the run names it, and LDLᴴ or LU are next.
- **Memory is estimated before it is taken**; a factor that cannot fit is refused with its size, and an iterative method is the way then.
- **The residual is recomputed**, and refined with the same factor while it is above the tolerance.
`.trim(),
  cite: [
    {
      authors: 'Davis, Rajamanickam, Sid-Lakhdar',
      title: 'A survey of direct methods for sparse linear systems',
      year: 2016,
      venue: 'Acta Numerica 25',
      doi: '10.1017/S0962492916000076',
    },
  ],
  inputs: { matrix: input.matrix() },
  params: z.object({
    ...problemParameters,
    relativeTolerance: stoppingParameters.relativeTolerance,
  }),
  outputs: { ...solutionOutputs },
  check: ({ matrix }, parameters) => checkSquareProblem(matrix, parameters),
  solve: ({ matrix }, parameters, context) => solveSystem(matrix, 'cholesky', parameters, context),
})
