import { z } from 'zod'
import { defineMethod, input } from '../../../../shared/method'
import { solutionOutputs } from '../solve-outputs'
import { problemParameters, stoppingParameters } from '../solve-parameters'
import { checkProblem, solveSystem } from '../solve-system'

/** Direct solution by QR. */
export const sparseQr = defineMethod({
  id: 'sparse-qr',
  family: 'krylov',
  version: 1,
  title: 'Sparse QR (direct)',
  summary: 'Direct: A P = Q R. For square matrices and for least squares with more rows than columns.',
  equations: [
    {
      latex: String.raw`A P = Q R, \qquad x = P R^{-1} Q^{\mathsf H} b`,
      caption: 'Q: orthogonal, kept as reflections; R: upper triangular.',
    },
  ],
  documentation: `
## When to use it
For least squares with more rows than columns and for ill-conditioned square systems.

## What to look out for
- **More fill than LU.** For square systems LU is faster.
- **A rank that is not full** is named; LSQR and LSMR find the shortest solution.
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
  check: ({ matrix }, parameters) => checkProblem(matrix, parameters),
  solve: ({ matrix }, parameters, context) => solveSystem(matrix, 'qr', parameters, context),
})
