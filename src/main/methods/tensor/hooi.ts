import { z } from 'zod'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { checkDense, denseInput } from './dense-input'
import { accuracyParameter, rankChoice, rankParameters, tuckerOutputs } from './dense-parameters'
import { tuckerArtifacts } from './written-model'

/** Higher-order orthogonal iteration: the best Tucker model near an ST-HOSVD. */
export const hooi = defineMethod({
  id: 'hooi',
  family: 'tensor',
  version: 1,
  title: 'Tucker (HOOI)',
  summary: 'The least error at given ranks: alternates over the modes, starting from an ST-HOSVD.',
  equations: [
    {
      latex: String.raw`\min_{\mathcal G, \mathbf U_n}\ \lVert \mathcal X - \mathcal G \times_1 \mathbf U_1 \cdots \times_N \mathbf U_N \rVert^2 \quad \text{subject to} \quad \mathbf U_n^{\mathsf T} \mathbf U_n = \mathbf I`,
      caption: 'X: the tensor; G: the core; Uₙ: the factor of mode n.',
    },
    {
      latex: String.raw`\mathbf U_n \leftarrow \text{leading left singular vectors of } \bigl(\mathcal X \times_{k \ne n} \mathbf U_k^{\mathsf T}\bigr)_{(n)}`,
      caption: 'One mode at a time, with all others held. The error never rises.',
    },
  ],
  documentation: `
## When to use it
When ranks are fixed and the error at these ranks counts: it lowers the error of an ST-HOSVD by a little, usually within a few sweeps.

## What to look out for
- **The gain is small.** ST-HOSVD is within a factor of √N of the best and mostly within a per cent. A slightly larger rank often buys more than any number of sweeps.
- **It finds a local best.** Starting from an ST-HOSVD makes it a good one, and the same one every time.
- **Ranks stay as they were chosen.** With a tolerance, the ST-HOSVD it starts from meets it already; the sweeps then lower the error further, they do not shrink the core.
- **Later sweeps gain little.** The default tolerance stops where a sweep lowers the error by less than a ten-thousandth of it. Lower it where the factors themselves have to settle; they do so later than the error.
- **Every entry is needed.** NaN and marked entries are refused; the masked Tucker method leaves them out.
`.trim(),
  cite: [
    {
      authors: 'De Lathauwer, De Moor, Vandewalle',
      title: 'On the best rank-1 and rank-(R1,R2,...,RN) approximation of higher-order tensors',
      year: 2000,
      venue: 'SIAM Journal on Matrix Analysis and Applications 21(4)',
      doi: '10.1137/S0895479898346995',
    },
  ],
  inputs: { tensor: input.tensor() },
  params: z.object({
    ...rankParameters,
    maxIterations: z.int().min(0).max(100_000).default(50).meta({
      title: 'Sweep limit',
      help: 'Sweeps over all modes at most.',
      group: 'Stopping',
    }),
    stopTolerance: z.number().min(0).max(0.999).default(1e-4).meta({
      title: 'Tolerance',
      help: 'Stop when a sweep lowers the relative error by less than this share of it.',
      group: 'Stopping',
      logarithmic: true,
    }),
    accuracy: accuracyParameter,
  }),
  outputs: {
    ...tuckerOutputs,
    error: output.trace({
      title: 'Error',
      help: 'After every sweep; the start is the ST-HOSVD.',
      columns: [
        { name: 'relativeError', title: 'Relative error', unit: null, logarithmic: true },
        { name: 'change', title: 'Relative decrease', unit: null, logarithmic: true },
      ],
    }),
  },
  check: ({ tensor }, { accuracy, ...parameters }) => {
    checkDense(tensor)
    rankChoice(parameters, tensor.dataset.axes, accuracy)
  },
  solve: async ({ tensor }, { maxIterations, stopTolerance, accuracy, ...parameters }, context) => {
    const choice = rankChoice(parameters, tensor.dataset.axes, accuracy)
    const info = await callNative(context, (native, nativeContext) =>
      native.hooi(denseInput(tensor), { choice, accuracy, maxIterations, stopTolerance }, nativeContext),
    )
    return solveResult(info, await tuckerArtifacts(context.folder, tensor.dataset.axes, info.files))
  },
})
