import { z } from 'zod'
import { defineMethod, input } from '../../../../shared/method'
import { solutionOutputs } from '../solve-outputs'
import { problemParameters, stoppingParameters } from '../solve-parameters'
import { checkSquareProblem, solveSystem } from '../solve-system'

/** Direct solution by LDLᴴ. */
export const sparseLdlt = defineMethod({
  id: 'sparse-ldlt',
  family: 'krylov',
  version: 1,
  title: 'Sparse LDLᴴ (direct)',
  summary: 'Direct: A = L D Lᴴ. For Hermitian matrices whose pivots do not vanish, definite or not.',
  equations: [
    {
      latex: String.raw`P A P^{\mathsf T} = L D L^{\mathsf H}`,
      caption: 'D: diagonal, of either sign.',
    },
  ],
  documentation: `
## When to use it
For Hermitian matrices that are indefinite in a harmless way (quasi-definite, shifted operators).

## What to look out for
- **Tiny pivots grow.** The recomputed residual shows it; LU with pivoting is the way then.
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
  solve: ({ matrix }, parameters, context) => solveSystem(matrix, 'ldlt', parameters, context),
})
