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

/** CG, with or without a preconditioner, for Hermitian positive definite matrices. */
export const cg = defineMethod({
  id: 'cg',
  family: 'krylov',
  version: 1,
  title: 'Conjugate gradients (CG)',
  summary:
    'For Hermitian positive definite matrices: the iterate of least error in the energy norm, from a recurrence of three vectors.',
  equations: [
    {
      latex: String.raw`x_k = \arg\min_{x \in x_0 + \mathcal K_k(M^{-1}A,\, M^{-1}r_0)} \lVert x - x^\ast \rVert_A`,
      caption:
        'M: preconditioner; r₀ = b − A x₀; the Krylov space 𝒦ₖ grows by one direction an iteration. The error in the energy norm ‖e‖²_A = eᴴAe falls in every one.',
    },
    {
      latex: String.raw`\lVert e_k \rVert_A \le 2\left(\frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}\right)^{k} \lVert e_0 \rVert_A`,
      caption: 'κ: condition number of M⁻¹A, of which the Ritz values give an estimate from below.',
    },
  ],
  documentation: `
## When to use it
For symmetric (Hermitian) positive definite matrices: diffusion, elasticity, normal equations, graph Laplacians with a fixed node. With multigrid as preconditioner it is hard to beat.

## What to look out for
- **An indefinite matrix breaks it down.** A direction of negative curvature is found, and the run says in which iteration. MINRES takes such matrices.
- **The preconditioner must be positive definite as well**: Jacobi, SSOR, IC(0), multigrid with a symmetric smoother, polynomials. Others are refused.
- **The residual it holds drifts from the true one.** Both are drawn; convergence is told from the recomputed one alone, and the iteration is restarted from it where they disagree.
- **A singular but consistent system** (closed sides) converges; choose a manufactured or zero-mean right-hand side.
`.trim(),
  cite: [
    {
      authors: 'Hestenes, Stiefel',
      title: 'Methods of conjugate gradients for solving linear systems',
      year: 1952,
      venue: 'Journal of Research of the National Bureau of Standards 49(6)',
      doi: '10.6028/jres.049.044',
    },
  ],
  inputs: preconditionedInputs,
  params: z.object({
    ...problemParameters,
    ...stoppingParameters,
    ...preconditionerParameters(definitePreconditioners, 'amg-classical'),
  }),
  outputs: { ...solutionOutputs, ...residualOutput, ...ritzOutput, ...hierarchyOutput },
  check: checkPreconditioned,
  solve: ({ matrix, factor }, parameters, context) => solveSystem(matrix, 'cg', parameters, context, factor),
})
