import { z } from 'zod'
import { defineMethod, input } from '../../../../shared/method'
import { solutionOutputs } from '../solve-outputs'
import { problemParameters, stoppingParameters } from '../solve-parameters'
import { checkSquareProblem, solveSystem } from '../solve-system'

/** Direct solution by LU. */
export const sparseLu = defineMethod({
  id: 'sparse-lu',
  family: 'krylov',
  version: 1,
  title: 'Sparse LU (direct)',
  summary: 'Direct: P A Q = L U with partial pivoting. For any square matrix that is not singular.',
  equations: [
    {
      latex: String.raw`P A Q = L U`,
      caption: 'P: row exchanges of partial pivoting; Q: fill-reducing order of the columns.',
    },
  ],
  documentation: `
## When to use it
For any square matrix whose factors fit in memory. For a single system in the plane it often beats everything iterative; it is always offered beside it.

## What to look out for
- **A singular matrix** is named as such; LSQR, LSMR and sparse QR give least-squares solutions.
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
  solve: ({ matrix }, parameters, context) => solveSystem(matrix, 'lu', parameters, context),
})
