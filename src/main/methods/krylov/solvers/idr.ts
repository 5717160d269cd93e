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

/** Induced dimension reduction, for any square matrix. */
export const idr = defineMethod({
  id: 'idr',
  family: 'krylov',
  version: 1,
  title: 'IDR(s)',
  summary:
    'For any square matrix with short recurrences: residuals are forced into spaces of shrinking dimension.',
  equations: [
    {
      latex: String.raw`\mathcal G_{j} = (I - \omega_j A)(\mathcal G_{j-1} \cap \mathcal S), \qquad \mathcal S = P^{\perp},\ P \in \mathbb C^{n \times s}`,
      caption:
        'Each space lies in the one before; in exact arithmetic the residual is nought after at most n + n/s products. IDR(1) is BiCGSTAB.',
    },
  ],
  documentation: `
## When to use it
For nonsymmetric matrices that are too hard for BiCGSTAB and too long for GMRES. s = 4 is close to full GMRES at a fraction of its memory.

## What to look out for
- **s vectors more, fewer products.** 4 to 8 are usual.
- **The shadow space is random** and follows the seed: another seed is another path to the same solution.
`.trim(),
  cite: [
    {
      authors: 'Sonneveld, van Gijzen',
      title:
        'IDR(s): a family of simple and fast algorithms for solving large nonsymmetric systems of linear equations',
      year: 2009,
      venue: 'SIAM Journal on Scientific Computing 31(2)',
      doi: '10.1137/070685804',
    },
    {
      authors: 'van Gijzen, Sonneveld',
      title: 'Algorithm 913: an elegant IDR(s) variant that efficiently exploits biorthogonality properties',
      year: 2011,
      venue: 'ACM Transactions on Mathematical Software 38(1)',
      doi: '10.1145/2049662.2049667',
    },
  ],
  inputs: preconditionedInputs,
  params: z.object({
    ...problemParameters,
    shadowDimension: z.int().min(1).max(64).default(4).meta({
      title: 'Dimension of the shadow space',
      symbol: 's',
      help: 'IDR(1) is BiCGSTAB; larger s needs fewer products and keeps more vectors.',
    }),
    ...stoppingParameters,
    ...preconditionerParameters(fixedPreconditioners, 'ilu0'),
  }),
  outputs: { ...solutionOutputs, ...residualOutput, ...hierarchyOutput },
  check: checkPreconditioned,
  solve: ({ matrix, factor }, parameters, context) => solveSystem(matrix, 'idr', parameters, context, factor),
})
