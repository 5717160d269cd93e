import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { checkDense, denseInput } from './dense-input'
import { ranksParameter } from './dense-parameters'
import { shapeWords } from './ranks'
import { tuckerArtifacts } from './written-model'
import type { Axis } from '../../../shared/array'

const column = (name: string, title: string) => ({ name, title, unit: null, logarithmic: true })

/** Non-negative Tucker decomposition: parts that only add up. */
export const nonnegativeTucker = defineMethod({
  id: 'nonnegative-tucker',
  family: 'tensor',
  version: 1,
  title: 'Tucker, non-negative',
  summary:
    'Core and factors without a negative number: components are parts that only add up, and can be read.',
  equations: [
    {
      latex: String.raw`\min_{\mathcal G, \mathbf U_n \ge 0}\ \tfrac12 \lVert \mathcal X - \mathcal G \times_1 \mathbf U_1 \cdots \times_N \mathbf U_N \rVert^2 + \lambda \lVert \mathcal X \rVert\, \lVert \mathcal G \rVert_1 \quad \text{with} \quad \lVert \mathbf u_{n,j} \rVert = 1`,
      caption:
        'X: the tensor; G: the core; Uₙ: the factor of mode n, uₙⱼ its columns, of unit length; λ: sparsity.',
    },
    {
      latex: String.raw`\mathbf u_{j} \leftarrow \max\Bigl(0,\ \mathbf u_{j} + \frac{\mathbf a_j - \mathbf U \mathbf c_j}{c_{jj}}\Bigr), \qquad \mathbf A = \mathbf X_{(n)} \mathbf B^{\mathsf T},\ \mathbf C = \mathbf B \mathbf B^{\mathsf T},\ \mathbf B = \bigl(\mathcal G \times_{k \ne n} \mathbf U_k\bigr)_{(n)}`,
      caption:
        'A factor by hierarchical alternating least squares, column by column, repeated while it pays; the core by projected gradients with momentum that restarts when the objective rises. Every sweep starts a step ahead of the last one, in the direction it moved.',
    },
  ],
  documentation: `
## When to use it
When entries are counts, intensities, concentrations or reflectances, and components shall be read as parts: spectra, profiles, patterns that add up. Its error at the same ranks is larger than that of ST-HOSVD, which may cancel.

## What to look out for
- **The start decides.** The problem has many local minima. The HOSVD start is good and always the same; more starts add random ones and keep the best after ten sweeps.
- **Ranks may exceed a short mode.** A mode of three entries may have five components, which then repeat each other: the core tells how they are used.
- **Sparsity empties the core.** A weight of 0.001 to 0.05 sets entries of the core to zero that hardly help. Since columns have unit length, the weight means the same for every component.
- **Negative entries can not be met.** They are counted and stay in the residual.
- **Every entry is needed.** NaN and marked entries are refused; the masked Tucker method leaves them out.
`.trim(),
  cite: [
    {
      authors: 'Cichocki, Phan',
      title: 'Fast local algorithms for large scale nonnegative matrix and tensor factorizations',
      year: 2009,
      venue: 'IEICE Transactions on Fundamentals of Electronics E92-A(3)',
      doi: '10.1587/transfun.E92.A.708',
    },
    {
      authors: 'Zhou, Cichocki, Zhao, Xie',
      title: 'Efficient nonnegative Tucker decompositions: algorithms and uniqueness',
      year: 2015,
      venue: 'IEEE Transactions on Image Processing 24(12)',
      arxiv: '1404.4412',
    },
    {
      authors: 'Ang, Cohen, Hien, Gillis',
      title: 'Extrapolated alternating algorithms for approximate canonical polyadic decomposition',
      year: 2020,
      venue: 'IEEE ICASSP',
      doi: '10.1109/ICASSP40776.2020.9053849',
    },
    {
      authors: 'Gillis, Glineur',
      title:
        'Accelerated multiplicative updates and hierarchical ALS algorithms for nonnegative matrix factorization',
      year: 2012,
      venue: 'Neural Computation 24(4)',
      doi: '10.1162/NECO_a_00256',
      arxiv: '1107.5194',
    },
  ],
  inputs: { tensor: input.tensor() },
  params: z.object({
    ranks: ranksParameter,
    sparsity: z.number().min(0).max(0.999).default(0).meta({
      title: 'Sparsity of the core',
      symbol: 'λ',
      help: 'Weight of the ℓ1 norm of the core, relative to the norm of the tensor. Zero: none.',
      step: 0.001,
    }),
    variant: z
      .enum(['accelerated', 'plain'])
      .default('plain')
      .meta({
        title: 'Variant',
        help: 'The accelerated one goes over a factor twice each time its products are formed: further in the first sweeps, but often to a higher error in the end, as factors fit a core too early that is not good yet.',
        choices: { accelerated: 'Accelerated HALS', plain: 'Plain HALS' },
        advanced: true,
      }),
    maxIterations: z.int().min(1).max(100_000).default(500).meta({ title: 'Sweep limit', group: 'Stopping' }),
    tolerance: z.number().min(0).max(0.999).default(2e-4).meta({
      title: 'Tolerance',
      help: 'Stop when a sweep lowers the objective by less than this share of it, in the mean of the last five.',
      group: 'Stopping',
      logarithmic: true,
    }),
    start: z
      .enum(['hosvd', 'random'])
      .default('hosvd')
      .meta({
        title: 'First start',
        help: 'From the higher-order SVD: the larger one-signed part of every direction. Or from uniform random numbers.',
        choices: { hosvd: 'Higher-order SVD', random: 'Random' },
        group: 'Start',
      }),
    starts: z.int().min(1).max(100).default(1).meta({
      title: 'Starts tried',
      help: 'All but the first are random; the best after ten sweeps goes on.',
      group: 'Start',
    }),
  }),
  outputs: {
    core: output.tensor({
      title: 'Core',
      help: 'How the components of the modes combine; nowhere negative.',
    }),
    factors: output.factors({
      title: 'Factors',
      each: 'mode',
      help: 'Components along a mode, of unit length and nowhere negative, in the order of their energy.',
    }),
    objective: output.trace({
      title: 'Objective',
      help: 'After every sweep. Sweeps see a large tensor on its leading directions first, and the last ones the tensor itself.',
      columns: [
        column('objective', 'Objective'),
        column('relativeError', 'Relative error'),
        column('change', 'Relative decrease'),
      ],
    }),
  },
  check: ({ tensor }, { ranks }) => {
    checkDense(tensor)
    freeRanks(ranks, tensor.dataset.axes)
  },
  solve: async ({ tensor }, { ranks, variant, ...parameters }, context) => {
    const modes = tensor.dataset.axes
    const info = await callNative(context, (native, nativeContext) =>
      native.nonnegativeTucker(
        denseInput(tensor),
        { ...parameters, ranks: freeRanks(ranks, modes), innerPasses: variant === 'plain' ? 1 : 2 },
        nativeContext,
      ),
    )
    return solveResult(info, await tuckerArtifacts(context.folder, modes, info.files))
  },
})

/** Ranks that may exceed the length of their mode. */
function freeRanks(given: readonly number[], modes: readonly Axis[]): number[] {
  const [only = 0] = given
  const ranks = given.length === 1 ? modes.map(() => only) : [...given]
  if (ranks.length === modes.length && ranks.every((rank) => rank >= 1 && rank <= 10_000)) return ranks
  throw new FiligreeError(
    'invalid-parameter',
    `The ranks ${given.join(', ')} do not fit the modes of the tensor, ${shapeWords(modes)}. Give one from 1 to 10,000 for each.`,
    { field: 'ranks' },
  )
}
