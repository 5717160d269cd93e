import { z } from 'zod'
import { defineMethod } from '../../../../shared/method'
import { harmonicRitzOutput, hierarchyOutput, residualOutput, solutionOutputs } from '../solve-outputs'
import {
  fixedPreconditioners,
  preconditionerParameters,
  problemParameters,
  restartParameter,
  stoppingParameters,
} from '../solve-parameters'
import { checkPreconditioned, preconditionedInputs, solveSystem } from '../solve-system'

/** Restarted GMRES, for any square matrix. */
export const gmres = defineMethod({
  id: 'gmres',
  family: 'krylov',
  version: 1,
  title: 'GMRES(m)',
  summary:
    'For any square matrix: the iterate of least residual in a Krylov space that is built anew every m steps.',
  equations: [
    {
      latex: String.raw`x_k = \arg\min_{x \in x_0 + \mathcal K_k(A M^{-1},\, r_0)} \lVert b - A x \rVert_2`,
      caption:
        'Preconditioned from the right, so that the residual that is minimised is the true one. After m steps a new space is started from the residual.',
    },
  ],
  documentation: `
## When to use it
For nonsymmetric or indefinite matrices of moderate difficulty; with ILU or multigrid it is the usual choice.

## What to look out for
- **Restarts forget.** Too short a cycle stagnates; the run says so. More steps, IDR(s), or recycling over a sequence help.
- **Harmonic Ritz values near nought** show what holds it up.
- **The residual is the true one**: preconditioning is from the right, and no other norm decides.
`.trim(),
  cite: [
    {
      authors: 'Saad, Schultz',
      title: 'GMRES: a generalized minimal residual algorithm for solving nonsymmetric linear systems',
      year: 1986,
      venue: 'SIAM Journal on Scientific and Statistical Computing 7(3)',
      doi: '10.1137/0907058',
    },
  ],
  inputs: preconditionedInputs,
  params: z.object({
    ...problemParameters,
    restart: restartParameter,
    ...stoppingParameters,
    ...preconditionerParameters(fixedPreconditioners, 'ilu0'),
  }),
  outputs: { ...solutionOutputs, ...residualOutput, ...harmonicRitzOutput, ...hierarchyOutput },
  check: checkPreconditioned,
  solve: ({ matrix, factor }, parameters, context) =>
    solveSystem(matrix, 'gmres', parameters, context, factor),
})
