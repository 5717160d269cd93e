import { z } from 'zod'
import { defineMethod } from '../../../../shared/method'
import { hierarchyOutput, residualOutput, solutionOutputs } from '../solve-outputs'
import {
  fixedPreconditioners,
  preconditionerParameters,
  problemParameters,
  stoppingParameters,
} from '../solve-parameters'
import { checkPreconditioned, preconditionedInputs, solveSystem } from '../solve-system'

/** BiCGSTAB, for any square matrix, with a recurrence of few vectors. */
export const bicgstab = defineMethod({
  id: 'bicgstab',
  family: 'krylov',
  version: 1,
  title: 'BiCGSTAB',
  summary:
    'For any square matrix with the memory of a few vectors: two products an iteration, no restarts, an uneven residual.',
  equations: [
    {
      latex: String.raw`r_k = q_k(A)\, p_k(A)\, r_0, \qquad q_k(t) = \prod_{i \le k} (1 - \omega_i t)`,
      caption:
        'p: the polynomial of biconjugate gradients; each ωᵢ makes its residual least along one direction.',
    },
  ],
  documentation: `
## When to use it
For nonsymmetric matrices where GMRES needs too many vectors.

## What to look out for
- **It breaks down** when the shadow residual becomes orthogonal to the residual (ρ = 0) or a step along the residual is nought (ω = 0); the run says where. IDR(s) breaks down far less often.
- **The residual jumps.** Judge by the end, not by a step.
- **Eigenvalues near the imaginary axis** (convection, waves) make ω tiny: IDR(s) or GMRES.
`.trim(),
  cite: [
    {
      authors: 'van der Vorst',
      title:
        'Bi-CGSTAB: a fast and smoothly converging variant of Bi-CG for the solution of nonsymmetric linear systems',
      year: 1992,
      venue: 'SIAM Journal on Scientific and Statistical Computing 13(2)',
      doi: '10.1137/0913035',
    },
  ],
  inputs: preconditionedInputs,
  params: z.object({
    ...problemParameters,
    ...stoppingParameters,
    ...preconditionerParameters(fixedPreconditioners, 'ilu0'),
  }),
  outputs: { ...solutionOutputs, ...residualOutput, ...hierarchyOutput },
  check: checkPreconditioned,
  solve: ({ matrix, factor }, parameters, context) =>
    solveSystem(matrix, 'bicgstab', parameters, context, factor),
})
