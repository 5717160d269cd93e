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

/** CG on what a deflation space leaves. */
export const deflatedCg = defineMethod({
  id: 'deflated-cg',
  family: 'krylov',
  version: 1,
  title: 'Deflated conjugate gradients',
  summary:
    'CG after the slowest directions were projected out: subdomain constants, or the near-null space that came with the matrix.',
  equations: [
    {
      latex: String.raw`P = I - A W (W^{\mathsf H} A W)^{-1} W^{\mathsf H}, \qquad P A \hat x = P b, \qquad x = W (W^{\mathsf H} A W)^{-1} W^{\mathsf H} b + P^{\mathsf H} \hat x`,
      caption:
        'W: deflation space. CG solves the projected system, whose spectrum lacks what W spans; that part is solved directly.',
    },
  ],
  documentation: `
## When to use it
When a few small eigenvalues hold CG up and their directions are roughly known: layers of very different coefficients, subdomains, rigid body motions, many right-hand sides.

## What to look out for
- **Subdomain vectors** cut the unknowns into runs of neighbours in their order: good where neighbours in space are neighbours in number.
- **Each vector costs** a product with the matrix in set-up and two inner products an iteration; some dozens are usual.
- **With multigrid there is little left to deflate.** Its coarse level is a deflation space already.
`.trim(),
  cite: [
    {
      authors: 'Saad, Yeung, Erhel, Guyomarc’h',
      title: 'A deflated version of the conjugate gradient algorithm',
      year: 2000,
      venue: 'SIAM Journal on Scientific Computing 21(5)',
      doi: '10.1137/S1064829598339761',
    },
    {
      authors: 'Frank, Vuik',
      title: 'On the construction of deflation-based preconditioners',
      year: 2001,
      venue: 'SIAM Journal on Scientific Computing 23(2)',
      doi: '10.1137/S1064827500373231',
    },
  ],
  inputs: preconditionedInputs,
  params: z.object({
    ...problemParameters,
    ...stoppingParameters,
    deflationVectors: z.int().min(0).max(2000).default(16).meta({
      title: 'Subdomains',
      help: 'Runs of unknowns whose constants are projected out. 0 takes the near-null space that came with the matrix.',
      group: 'Deflation',
    }),
    ...preconditionerParameters(definitePreconditioners, 'ic0'),
  }),
  outputs: { ...solutionOutputs, ...residualOutput, ...ritzOutput, ...hierarchyOutput },
  check: checkPreconditioned,
  solve: ({ matrix, factor }, parameters, context) =>
    solveSystem(matrix, 'deflated-cg', parameters, context, factor),
})
