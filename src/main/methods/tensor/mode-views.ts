import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative, type Info } from '../native'
import { solveResult } from '../solve-result'
import { checkDense, componentAxis, denseInput } from './dense-input'
import { shapeWords } from './ranks'

/** Strengths at which the predicted alignment is given, as the addon writes them. */
const strengths = 200

/** Rank-one estimates by the tensor and by its unfoldings, with the threshold below which an unfolding fails. */
export const modeViews = defineMethod({
  id: 'mode-views',
  family: 'tensor',
  version: 1,
  title: 'Views of a mode',
  summary:
    'One hidden pattern seen in many noisy views: found by the tensor, by its unfoldings, and when those fail.',
  equations: [
    {
      latex: String.raw`\mathcal X = \bigl(s\, \mathbf x \mathbf y^{\mathsf T} + \tau \mathbf Z\bigr) \otimes \mathbf z + \sigma \mathcal W`,
      caption:
        's: strength of the signal; x, y, z: unit vectors; Z: noise that all views share; W: noise of each view; both standard normal.',
    },
    {
      latex: String.raw`\rho^2 \Bigl(\beta^2 + \tfrac{n_y}{n_x + n_y}\Bigr)^{2} \Bigl(\beta^4 - \tfrac{n_x n_y}{(n_x + n_y)^2}\Bigr) > \beta^4, \qquad \rho = \frac{\tau^2 (n_x + n_y)}{\sigma^2 \sqrt{n_x n_y n_z}}, \quad \beta = \frac{s}{\tau \sqrt{n_x + n_y}}`,
      caption:
        'Only where this holds does the leading direction of the unfolding along y say anything about y. Without shared noise it becomes s > σ (n_x n_y n_z)^{1/4}; the tensor needs a strength of the order of σ √(n_x + n_y + n_z) only.',
    },
  ],
  documentation: `
## When to use it
For a three-way array of views of one thing (sensors, repetitions, channels along one mode), to find the one pattern they share, and to know whether flattening the array before an SVD, as is often done, would have lost it.

## What to look out for
- **Rank one only.** It looks for the strongest pattern. For more than one, decompose with ST-HOSVD or HOOI.
- **Centre the data first.** A large mean is a rank-one structure too, and will be the one that is found.
- **The strengths are estimates** from the fit itself; below the threshold of the matrix under the views the signal is told as zero.
- **The tensor can fail, too.** Its iteration starts from the unfoldings; where they are pure noise it may end in noise. Compare the directions: where they disagree, and the signal lies above the threshold, look again.
`.trim(),
  cite: [
    {
      authors: 'Lebeau, Seddik, Goulart',
      title: 'Performance gaps in multi-view clustering under the nested matrix-tensor model',
      year: 2024,
      venue: 'International Conference on Learning Representations',
      arxiv: '2402.10677',
    },
    {
      authors: 'Seddik, Achab, Goulart, Debbah',
      title: 'A nested matrix-tensor model for noisy multi-view clustering',
      year: 2023,
      venue: 'arXiv',
      arxiv: '2305.19992',
    },
  ],
  inputs: { tensor: input.tensor() },
  params: z.object({
    viewMode: z.int().min(1).max(3).default(3).meta({
      title: 'Mode of the views',
      help: 'The mode, counted from one, along which views of one matrix are stacked.',
    }),
    maxIterations: z.int().min(1).max(100_000).default(500).meta({ title: 'Sweep limit', group: 'Stopping' }),
  }),
  outputs: {
    directions: output.factors({
      title: 'Directions',
      each: 'mode',
      scale: 'diverging',
      help: 'The pattern along a mode: as the tensor has it, and as its unfolding alone has it.',
    }),
    comparison: output.table({
      title: 'Tensor and unfoldings',
      help: 'Where the cosine between both is small and the predicted one is, the unfolding has lost the pattern.',
    }),
    alignment: output.series({
      title: 'Predicted alignment of the unfoldings',
      help: '|Cosine| between the direction of an unfolding and the truth, against the strength of the signal, at the noise of this tensor. The run names the signal and the thresholds.',
    }),
    error: output.trace({
      title: 'Error',
      columns: [
        { name: 'relativeError', title: 'Relative error', unit: null, logarithmic: true },
        { name: 'change', title: 'Relative decrease', unit: null, logarithmic: true },
      ],
    }),
  },
  check: ({ tensor }) => {
    checkDense(tensor)
    const modes = tensor.dataset.axes
    if (modes.length === 3 && modes.every(({ size }) => size >= 2)) return
    throw new FiligreeError(
      'invalid-data',
      `Views of a mode need three modes of two entries or more; '${tensor.dataset.name}' is ${shapeWords(modes)}. Take a slice of it, or reshape it.`,
    )
  },
  solve: async ({ tensor }, { viewMode, maxIterations }, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.modeViews(denseInput(tensor), { viewMode: viewMode - 1, maxIterations }, nativeContext),
    )
    const modes = tensor.dataset.axes
    const ways = { ...componentAxis(2), labels: ['Tensor', 'Unfolding'] }
    const ofMatrix = modes.filter((_, mode) => mode !== viewMode - 1).map(({ name }) => name)
    return solveResult(info, [
      ...modes.map((mode, index) => ({ name: `directions-${index + 1}`, axes: [mode, ways] })),
      {
        name: 'comparison',
        axes: [
          { ...componentAxis(3, 'mode'), labels: modes.map(({ name }) => name) },
          {
            ...componentAxis(4, 'quantity'),
            labels: [
              'Value of the tensor',
              'Value of the unfolding',
              '|Cosine| between both',
              'Predicted |cosine|',
            ],
          },
        ],
      },
      {
        name: 'alignment',
        axes: [
          { ...componentAxis(strengths, 'strength'), coordinates: strengthsOf(info) },
          { ...componentAxis(2, 'mode'), labels: ofMatrix },
        ],
      },
    ])
  },
})

/** Evenly from zero to twice the largest of signal and thresholds. */
function strengthsOf({ figures }: Info): number[] {
  const { signal = 0, firstThreshold = 0, secondThreshold = 0 } = figures
  const reach = 2 * Math.max(signal, firstThreshold, secondThreshold)
  return Array.from({ length: strengths }, (_, step) => (reach * step) / (strengths - 1))
}
