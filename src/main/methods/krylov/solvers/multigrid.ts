import { z } from 'zod'
import { defineMethod, input } from '../../../../shared/method'
import { hierarchyOutput, residualOutput, solutionOutputs } from '../solve-outputs'
import { preconditionerParameters, problemParameters, stoppingParameters } from '../solve-parameters'
import { checkSquareProblem, solveSystem } from '../solve-system'

/** Multigrid cycles as a solver of their own. */
export const multigrid = defineMethod({
  id: 'multigrid',
  family: 'krylov',
  version: 1,
  title: 'Algebraic multigrid (AMG)',
  summary:
    'Cycles over a hierarchy of coarser matrices, by themselves: the time for each unknown stays the same however many there are.',
  equations: [
    {
      latex: String.raw`A_{\ell+1} = P_\ell^{\mathsf T} A_\ell P_\ell, \qquad x \leftarrow x + P_\ell A_{\ell+1}^{-1} P_\ell^{\mathsf T} (b - A_\ell x)`,
      caption:
        'P: prolongation, classical or by smoothed aggregates; the smoother takes away what the coarse level cannot see.',
    },
  ],
  documentation: `
## When to use it
To see how well a hierarchy works on its own: its convergence factor, operator and grid complexity. For solving, CG or GMRES around it are faster and safer.

## What to look out for
- **Operator complexity** far above 2 means dense coarse levels: raise the strength threshold.
- **Elasticity** needs its near-null space (rigid body motions), imported with the matrix, and smoothed aggregation.
- **Nonsymmetric and indefinite matrices** have no guarantee; the run says when it diverges.
`.trim(),
  cite: [
    {
      authors: 'Ruge, Stüben',
      title: 'Algebraic multigrid',
      year: 1987,
      venue: 'Multigrid Methods (ed. McCormick), SIAM',
      doi: '10.1137/1.9781611971057.ch4',
    },
    {
      authors: 'Vaněk, Mandel, Brezina',
      title: 'Algebraic multigrid by smoothed aggregation for second and fourth order elliptic problems',
      year: 1996,
      venue: 'Computing 56(3)',
      doi: '10.1007/BF02238511',
    },
  ],
  inputs: { matrix: input.matrix() },
  params: z.object({
    ...problemParameters,
    ...stoppingParameters,
    ...preconditionerParameters(['amg-classical', 'amg-aggregation'], 'amg-classical'),
  }),
  outputs: { ...solutionOutputs, ...residualOutput, ...hierarchyOutput },
  check: ({ matrix }, parameters) => checkSquareProblem(matrix, parameters),
  solve: ({ matrix }, parameters, context) => solveSystem(matrix, 'multigrid', parameters, context),
})
