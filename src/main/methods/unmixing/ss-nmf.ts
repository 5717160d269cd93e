import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import { checkGivenSpectra, spectraCount } from './given-spectra'
import { mixtureArtifacts, positionsOutput, unmixingOutputs } from './outputs'
import {
  checkCube,
  checkNegativeValues,
  cubeInput,
  negativeValuesParameter,
  preparationParameters,
  splitPreparation,
} from './preparation'
import { solveResult } from './result'

const column = (name: string, title: string) => ({ name, title, unit: null, logarithmic: true })

/** Structured sparse NMF: blind unmixing with a pixel graph and a lasso. */
export const ssNmf = defineMethod({
  id: 'ss-nmf',
  family: 'unmixing',
  version: 1,
  title: 'Structured sparse NMF',
  summary:
    'Blind unmixing: a graph that joins similar neighbours keeps maps coherent, a lasso keeps abundances sparse.',
  equations: [
    {
      latex: String.raw`\min_{\mathbf M, \mathbf A \ge 0}\ \tfrac12 \lVert \mathbf Y - \mathbf M \mathbf A \rVert_F^2 + \tfrac{\lambda}{2} \operatorname{tr}\bigl(\mathbf A \mathbf L \mathbf A^{\mathsf T}\bigr) + \alpha \lVert \mathbf A \rVert_1 \quad \text{with} \quad \mathbf 1^{\mathsf T} \mathbf A = \mathbf 1^{\mathsf T}`,
      caption:
        'Y: pixels, a column each; M: endmembers; A: abundances; L = D − W: Laplacian of the pixel graph with weights W. The sum to one is kept by a heavy row of weight δ appended to Y and M.',
    },
    {
      latex: String.raw`\mathbf M \leftarrow \mathbf M \circ \frac{\mathbf Y \mathbf A^{\mathsf T}}{\mathbf M \mathbf A \mathbf A^{\mathsf T}}, \qquad \mathbf A \leftarrow \mathbf A \circ \frac{\mathbf M^{\mathsf T} \mathbf Y + \lambda \mathbf A \mathbf W}{\mathbf M^{\mathsf T} \mathbf M \mathbf A + \lambda \mathbf A \mathbf D + \alpha}`,
      caption:
        'The updates of an iteration; products and quotients marked ∘ and — are taken entry by entry. The second one is applied to one colour of the pixel graph after the other, so that joined pixels never move at once. One iteration goes over all pixels twice, and applies either update four times where it stands, between two readings of the cube. The objective never rises.',
    },
  ],
  documentation: `
## When to use it
When no endmembers are known, pure pixels may be missing, and materials lie in patches: neighbours that look alike are drawn to alike abundances, edges between unlike neighbours stay sharp.

## What to look out for
- **The start decides.** The problem has many local minima. Several vertex component analyses are tried and the one that explains the scene best is kept; if its picked pixels lie on dim or odd pixels, change the seed or give a start of your own.
- **λ smooths, α sparsifies.** Raise the graph weight for noisy scenes, lower it where maps look blurred. A large α with a light sum-to-one row pulls sums below one.
- **Data must not be negative.** Choose what happens with negative values; clipping is counted and reported.
- **It should stop in time.** Nothing in the objective holds the simplex small: run on for long with light weights, endmembers drift outwards while the objective still falls. Where the picked pixels are good, most of the quality is there from the start; compare with a run of one iteration before trusting a long one.
- **Unit length changes mixtures.** Pixels of different brightness mix differently once each has length one; in a calibrated scene without shadows, no scaling gives the better abundances.
`.trim(),
  cite: [
    {
      authors: 'Zhu, Wang, Xiang, Fan, Pan',
      title: 'Structured sparse method for hyperspectral unmixing',
      year: 2014,
      venue: 'ISPRS Journal of Photogrammetry and Remote Sensing 88',
      doi: '10.1016/j.isprsjprs.2013.11.014',
      arxiv: '1403.4682',
    },
  ],
  inputs: {
    cube: input.cube(),
    start: input.spectra({
      optional: true,
      title: 'Start',
      help: 'First endmembers, from the truth or from an earlier run. None: vertex component analysis finds them.',
    }),
  },
  params: z.object({
    endmembers: z.int().min(2).max(64).meta({
      title: 'Endmembers',
      symbol: 'p',
      help: 'How many materials to look for. At most the number of bands.',
    }),
    graphWeight: z.number().min(0).max(1e6).default(0.1).meta({
      title: 'Graph weight',
      symbol: 'λ',
      help: 'How strongly similar neighbours are drawn to the same abundances. Zero switches the graph off.',
      step: 0.01,
    }),
    sparsity: z.number().min(0).max(1e6).default(0.1).meta({
      title: 'Sparsity',
      symbol: 'α',
      help: 'Weight of the lasso on the abundances.',
      step: 0.01,
    }),
    sumToOneWeight: z.number().positive().max(1e6).default(10).meta({
      title: 'Sum-to-one weight',
      symbol: 'δ',
      help: 'Weight of the appended row that makes the abundances of a pixel sum to one, relative to pixels of unit length.',
      advanced: true,
    }),
    window: z.int().min(3).max(15).default(5).meta({
      title: 'Window',
      unit: 'pixels',
      help: 'Side of the square in which similar neighbours are looked for. Odd.',
      group: 'Pixel graph',
      step: 2,
    }),
    neighbours: z.int().min(1).max(64).default(4).meta({
      title: 'Neighbours',
      help: 'How many of the pixels in the window are joined to the one in its middle.',
      group: 'Pixel graph',
    }),
    kernelWidth: z.number().positive().max(1e6).default(1).meta({
      title: 'Kernel width',
      symbol: 'σ',
      help: 'Width of the heat kernel, relative to the mean squared distance between neighbours. Smaller joins only pixels that are very much alike.',
      group: 'Pixel graph',
      advanced: true,
    }),
    maxIterations: z.int().min(1).max(1_000_000).default(1000).meta({
      title: 'Iteration limit',
      group: 'Stopping',
    }),
    tolerance: z.number().min(0).max(1).default(1e-5).meta({
      title: 'Tolerance',
      help: 'Stop when the objective fell by less than this share over ten iterations.',
      group: 'Stopping',
      logarithmic: true,
    }),
    restarts: z.int().min(1).max(100).default(20).meta({
      title: 'Starts tried',
      help: 'Vertex component analyses tried when no start is given; the one that leaves the lowest residual is kept.',
      group: 'Start',
    }),
    ...preparationParameters,
    negativeValues: negativeValuesParameter,
  }),
  outputs: {
    ...unmixingOutputs,
    positions: positionsOutput(true),
    objective: output.trace({
      title: 'Objective',
      help: 'The objective and its parts after every iteration, computed anew.',
      columns: [
        column('objective', 'Objective'),
        column('dataTerm', 'Data term'),
        column('graphTerm', 'Graph term'),
        column('sparsityTerm', 'Sparsity term'),
        column('relativeResidual', 'Relative residual'),
      ],
    }),
  },
  check: ({ cube, start }, { endmembers, window, neighbours, negativeValues, ...preparation }) => {
    checkCube(cube.dataset, preparation, endmembers)
    checkNegativeValues(cube.dataset, preparation, negativeValues)
    if (window % 2 === 0) {
      throw new FiligreeError(
        'invalid-parameter',
        `The window must have a middle: ${window} is even. Choose ${window - 1} or ${window + 1}.`,
        { field: 'window' },
      )
    }
    if (neighbours > window * window - 1) {
      throw new FiligreeError(
        'invalid-parameter',
        `${neighbours} neighbours were asked for, but a window of ${window} × ${window} holds only ${window * window - 1}. Widen the window, or join fewer.`,
        { field: 'neighbours' },
      )
    }
    if (start === null) return
    checkGivenSpectra(cube.dataset, preparation, start)
    if (spectraCount(start) === endmembers) return
    throw new FiligreeError(
      'invalid-parameter',
      `${endmembers} endmembers were asked for, but ${spectraCount(start)} spectra were given as a start ${start.from}. Choose as many as there are.`,
      { field: 'endmembers' },
    )
  },
  solve: async ({ cube, start }, parameters, context) => {
    const {
      preparation,
      own: { negativeValues, ...ownParameters },
    } = splitPreparation(parameters)
    const info = await callNative(context, (native, nativeContext) =>
      native.ssNmf(
        cubeInput(cube, preparation, negativeValues, start),
        start?.source ?? null,
        ownParameters,
        nativeContext,
      ),
    )
    return solveResult(info, mixtureArtifacts(cube.dataset, preparation, ownParameters.endmembers))
  },
})
