import { z } from 'zod'
import { defineMethod, input } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { checkDense, denseInput } from './dense-input'
import {
  accuracyParameter,
  rankChoice,
  rankParameters,
  singularValuesOutput,
  tuckerOutputs,
} from './dense-parameters'
import { tuckerArtifacts } from './written-model'

/** Sequentially truncated higher-order SVD: the direct way to a Tucker model. */
export const stHosvd = defineMethod({
  id: 'st-hosvd',
  family: 'tensor',
  version: 1,
  title: 'Tucker (ST-HOSVD)',
  summary:
    'A tensor as a small core and a factor a mode: by ranks, to an error tolerance or within a size budget.',
  equations: [
    {
      latex: String.raw`\mathcal X \approx \mathcal G \times_1 \mathbf U_1 \times_2 \mathbf U_2 \cdots \times_N \mathbf U_N, \qquad \mathbf U_n^{\mathsf T} \mathbf U_n = \mathbf I`,
      caption:
        'X: the tensor; G: the core; Uₙ: the factor of mode n, as many columns as the rank of the mode; ×ₙ: product along mode n.',
    },
    {
      latex: String.raw`\mathbf U_n = \text{leading left singular vectors of } \bigl(\mathcal X \times_1 \mathbf U_1^{\mathsf T} \cdots \times_{n-1} \mathbf U_{n-1}^{\mathsf T}\bigr)_{(n)}, \qquad \frac{\lVert \mathcal X - \hat{\mathcal X} \rVert^2}{\lVert \mathcal X \rVert^2} \le \varepsilon^2`,
      caption:
        'Each mode is cut before the next one is looked at (the classical form takes every mode of the whole tensor). (n): unfolding along mode n. With a tolerance ε, a first compression uses up a hundredth of ε², and the smallest part of its core that keeps within ε is taken.',
    },
  ],
  documentation: `
## When to use it
First, whenever a dense tensor or a cube is to be compressed or looked at: it is direct, takes seconds, and its error is within a factor of √N of the best possible. Refine it with HOOI when every bit of error at fixed ranks counts.

## What to look out for
- **Give what you know.** A tolerance gives the smallest model that keeps the promise, a budget the best model of a size, ranks what you ask for. The relative error shown is computed from the residual of every entry.
- **Fast or accurate.** Gram matrices square the data: singular values below 1e-8 of the largest are lost in rounding, and tolerances below 1.5e-7 are refused. QR and SVD go down to 1e-15, tolerances to 3.6e-14.
- **Every entry is needed.** NaN and marked entries are refused; the masked Tucker method leaves them out.
- **Scales matter.** A mode that mixes units (temperature beside pressure) is dominated by the larger numbers. Scale such slices before importing.
- **Larger than memory is fine.** Above 512 MB the tensor is read from its file mode by mode, in tiles.
`.trim(),
  cite: [
    {
      authors: 'Vannieuwenhoven, Vandebril, Meerbergen',
      title: 'A new truncation strategy for the higher-order singular value decomposition',
      year: 2012,
      venue: 'SIAM Journal on Scientific Computing 34(2)',
      doi: '10.1137/110836067',
    },
    {
      authors: 'De Lathauwer, De Moor, Vandewalle',
      title: 'A multilinear singular value decomposition',
      year: 2000,
      venue: 'SIAM Journal on Matrix Analysis and Applications 21(4)',
      doi: '10.1137/S0895479896305696',
    },
  ],
  inputs: { tensor: input.tensor() },
  params: z.object({
    ...rankParameters,
    variant: z
      .enum(['sequential', 'classical'])
      .default('sequential')
      .meta({
        title: 'Variant',
        help: 'Cutting one mode after the other is faster and seldom worse. The classical form takes the directions of every mode from the whole tensor. A tolerance is always met sequentially.',
        choices: { sequential: 'Sequentially truncated (ST-HOSVD)', classical: 'Classical (HOSVD)' },
        advanced: true,
      }),
    accuracy: accuracyParameter,
  }),
  outputs: {
    ...tuckerOutputs,
    singularValues: singularValuesOutput(
      'Of each unfolding as it was met: in the sequential variant the modes before it are cut already.',
    ),
  },
  check: ({ tensor }, { accuracy, ...parameters }) => {
    checkDense(tensor)
    rankChoice(parameters, tensor.dataset.axes, accuracy)
  },
  solve: async ({ tensor }, { variant, accuracy, ...parameters }, context) => {
    const choice = rankChoice(parameters, tensor.dataset.axes, accuracy)
    const info = await callNative(context, (native, nativeContext) =>
      native.stHosvd(
        denseInput(tensor),
        { choice, accuracy, sequential: variant === 'sequential' },
        nativeContext,
      ),
    )
    return solveResult(info, await tuckerArtifacts(context.folder, tensor.dataset.axes, info.files))
  },
})
