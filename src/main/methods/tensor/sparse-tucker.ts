import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { modelArtifacts } from './dense-input'
import { ranksByDefault } from './dense-parameters'
import { checkObserved, isScattered, observedInput } from './observed-input'
import { modelOutputs } from './observed-outputs'
import { ranksFor } from './ranks'

/** Sparse Tucker: what is not listed is zero, and stays out of every sum. */
export const sparseTucker = defineMethod({
  id: 'sparse-tucker',
  family: 'tensor',
  version: 1,
  title: 'Sparse Tucker',
  summary:
    'Tucker of a tensor given by its nonzeros, however large its modes: only the nonzeros are ever touched.',
  equations: [
    {
      latex: String.raw`\min_{\mathcal G, \mathbf U^{(n)}}\ \lVert \mathcal X - \mathcal G \times_1 \mathbf U^{(1)} \cdots \times_N \mathbf U^{(N)} \rVert^2, \qquad \mathbf U^{(n)\mathsf T} \mathbf U^{(n)} = \mathbf I`,
      caption: 'X: the tensor, zero wherever no entry is listed; G: core; U: factor of a mode.',
    },
    {
      latex: String.raw`\mathbf Y^{(n)}_{i,:} = \sum_{x \neq 0 \text{ in slice } i} x \bigotimes_{m \neq n} \mathbf u^{(m)}_{i_m}, \qquad \mathbf U^{(n)} \leftarrow \text{leading left singular vectors of } \mathbf Y^{(n)}`,
      caption:
        'Higher-order orthogonal iteration: a row of Y for each index of the mode, summed over the nonzeros of its slice, fibre after fibre. The start is a randomised HOSVD: the same products with random factors of a few more columns.',
    },
    {
      latex: String.raw`\lVert \mathcal X - \hat{\mathcal X} \rVert^2 = \lVert \mathcal X \rVert^2 - \lVert \mathcal G \rVert^2`,
      caption: 'The error, exact for orthonormal factors, without forming the reconstruction.',
    },
  ],
  documentation: `
## When to use it
When most entries are zero and the zeros are real: counts, links, events. A tensor of 15000 × 15000 × 10000 with a million and a half nonzeros needs a few hundred megabytes.

## What to look out for
- **Missing is not zero.** Where entries that are not listed are unknown, use masked Tucker or functional Bayesian Tucker.
- **Memory is estimated first.** The largest array has a row for each index of a mode and a column for each combination of the other ranks. A run that would need more than the limit is refused before it starts; the estimate is the figure 'memoryEstimate', in bytes.
- **Random nonzeros have no structure.** A relative error close to one is the truth about them, and no fault of the iteration.
- **The error has a floor** of about 1e-8: it is the difference of two energies.
- **Entries at the same place** are added up, or refused, as asked; empty slices get rows of zeros.
`.trim(),
  cite: [
    {
      authors: 'Kaya, Uçar',
      title: 'High performance parallel algorithms for the Tucker decomposition of sparse tensors',
      year: 2016,
      venue: 'International Conference on Parallel Processing',
      doi: '10.1109/ICPP.2016.19',
    },
    {
      authors: 'De Lathauwer, De Moor, Vandewalle',
      title: 'On the best rank-1 and rank-(R1,R2,...,RN) approximation of higher-order tensors',
      year: 2000,
      venue: 'SIAM Journal on Matrix Analysis and Applications 21(4)',
      doi: '10.1137/S0895479898346995',
    },
  ],
  inputs: { tensor: input.tensor({ help: 'The tensor to work on, given by its entries.' }) },
  params: z.object({
    ranks: ranksByDefault(10),
    duplicates: z
      .enum(['sum', 'refuse'])
      .default('sum')
      .meta({
        title: 'Entries at the same place',
        help: 'Add them up, and say how many there were; or stop and say where.',
        choices: { sum: 'Add them up', refuse: 'Stop and say where' },
      }),
    memoryLimit: z.number().min(1).max(1e9).default(1000).meta({
      title: 'Memory limit',
      unit: 'MB',
      help: 'A run that would need more is refused before it starts.',
    }),
    maxIterations: z.int().min(1).max(100_000).default(50).meta({
      title: 'Iteration limit',
      group: 'Stopping',
    }),
    tolerance: z.number().min(0).max(0.99).default(1e-5).meta({
      title: 'Tolerance',
      help: 'Stop when a sweep lowers the relative error by less than this share of it.',
      group: 'Stopping',
      logarithmic: true,
    }),
  }),
  outputs: {
    ...modelOutputs,
    error: output.trace({
      title: 'Relative error',
      help: 'Relative error after every sweep, and the share by which it fell.',
      columns: [
        { name: 'relativeError', title: 'Relative error', unit: null, logarithmic: true },
        { name: 'change', title: 'Change', unit: null, logarithmic: true },
      ],
    }),
  },
  check: ({ tensor }, { ranks }) => {
    const { dataset } = tensor
    checkObserved(tensor, { fold: null, holdOutShare: 0 })
    ranksFor(ranks, dataset.axes)
    if (!isScattered(tensor)) {
      throw new FiligreeError(
        'invalid-data',
        `'${dataset.name}' is a dense tensor. Use a method of dense tensors; sparse Tucker takes a list of entries, as a .tns file or a long table has it.`,
      )
    }
    if (dataset.parts['mask'] === undefined) return
    throw new FiligreeError(
      'invalid-data',
      `'${dataset.name}' has a mask: some of its entries are missing, not zero. Use masked Tucker.`,
    )
  },
  solve: async ({ tensor }, parameters, context) => {
    const modes = tensor.dataset.axes
    const ranks = ranksFor(parameters.ranks, modes)
    const info = await callNative(context, (native, nativeContext) =>
      native.sparseTucker(observedInput(tensor), { ...parameters, ranks }, nativeContext),
    )
    return solveResult(info, modelArtifacts(modes, ranks))
  },
})
