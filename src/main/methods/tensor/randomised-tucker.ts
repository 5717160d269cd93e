import { z } from 'zod'
import { defineMethod, input } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { checkDense, denseInput } from './dense-input'
import { ranksParameter, tuckerOutputs } from './dense-parameters'
import { ranksFor } from './ranks'
import { tuckerArtifacts } from './written-model'

/** Randomised ST-HOSVD: sketches instead of Gram matrices. */
export const randomisedTucker = defineMethod({
  id: 'randomised-tucker',
  family: 'tensor',
  version: 1,
  title: 'Tucker, randomised',
  summary: 'ST-HOSVD from random sketches: for long modes and low ranks, where Gram matrices are too large.',
  equations: [
    {
      latex: String.raw`\mathbf Y = \mathbf X_{(n)} \bigl(\mathbf X_{(n)}^{\mathsf T} \mathbf X_{(n)}\bigr)^{q} \boldsymbol\Omega, \qquad \mathbf Q = \operatorname{orth}(\mathbf Y), \qquad \mathbf U_n = \mathbf Q \cdot \text{leading left singular vectors of } \mathbf Q^{\mathsf T} \mathbf X_{(n)}`,
      caption:
        'X₍ₙ₎: unfolding along mode n, cut in the modes before; Ω: standard normal numbers, r + p columns (rank and oversampling); q: power iterations, with a QR factorisation in each.',
    },
  ],
  documentation: `
## When to use it
For modes of tens of thousands of entries, where a Gram matrix would not fit, and for very low ranks, where a sketch is less work. For modes of a few hundred entries ST-HOSVD is as fast and exact.

## What to look out for
- **Slow decay needs power iterations.** Where singular values fall slowly, as in noisy data, raise the number of power iterations or the oversampling; each power iteration reads the tensor twice.
- **The seed decides the last digits.** The same seed gives the same bytes on any number of threads.
- **Every entry is needed.** NaN and marked entries are refused; the masked Tucker method leaves them out.
`.trim(),
  cite: [
    {
      authors: 'Minster, Saibaba, Kilmer',
      title: 'Randomized algorithms for low-rank tensor decompositions in the Tucker format',
      year: 2020,
      venue: 'SIAM Journal on Mathematics of Data Science 2(1)',
      doi: '10.1137/19M1261043',
    },
    {
      authors: 'Halko, Martinsson, Tropp',
      title:
        'Finding structure with randomness: probabilistic algorithms for constructing approximate matrix decompositions',
      year: 2011,
      venue: 'SIAM Review 53(2)',
      doi: '10.1137/090771806',
    },
  ],
  inputs: { tensor: input.tensor() },
  params: z.object({
    ranks: ranksParameter,
    oversampling: z.int().min(0).max(10_000).default(10).meta({
      title: 'Oversampling',
      symbol: 'p',
      help: 'Directions sketched beyond the rank.',
    }),
    powerIterations: z.int().min(0).max(20).default(1).meta({
      title: 'Power iterations',
      symbol: 'q',
      help: 'How often a sketch goes through the unfolding and back. None is fastest; two are enough for nearly all data.',
    }),
  }),
  outputs: tuckerOutputs,
  check: ({ tensor }, { ranks }) => {
    checkDense(tensor)
    ranksFor(ranks, tensor.dataset.axes)
  },
  solve: async ({ tensor }, { ranks, ...parameters }, context) => {
    const modes = tensor.dataset.axes
    const info = await callNative(context, (native, nativeContext) =>
      native.randomisedTucker(
        denseInput(tensor),
        { ...parameters, ranks: ranksFor(ranks, modes) },
        nativeContext,
      ),
    )
    return solveResult(info, await tuckerArtifacts(context.folder, modes, info.files))
  },
})
