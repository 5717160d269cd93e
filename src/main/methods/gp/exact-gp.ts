import { z } from 'zod'
import { defineMethod, input } from '../../../shared/method'
import { callNative } from '../native'
import { fitResult } from './fit-artifacts'
import { gpOutputs } from './outputs'
import { checkFit, kernelInput } from './kernel-input'
import { holdOutParameters, modelParameters, optimiserParameters } from './parameters'
import { tableHoldOut, tableInput } from './table-input'

/** More rows than this are not solved exactly. */
const mostRows = 25_000

/** Exact Gaussian process regression, the referee of the sparse ones. */
export const exactGp = defineMethod({
  id: 'exact-gp',
  family: 'gp',
  version: 1,
  title: 'Exact Gaussian process',
  summary:
    'Regression without any approximation: the referee of the sparse methods, and the best there is for some thousands of rows.',
  equations: [
    {
      latex: String.raw`y_i = m(\mathbf x_i) + f(\mathbf x_i) + \varepsilon_i, \qquad f \sim \mathcal{GP}(0, k_\theta), \quad \varepsilon_i \sim \mathcal N(0, \sigma^2)`,
      caption:
        'y: target; x: inputs; m: trend; k: covariance with the hyper-parameters θ; σ²: variance of the noise.',
    },
    {
      latex: String.raw`-\log p(\mathbf y \mid \theta) = \tfrac12 \mathbf r^{\mathsf T} \mathbf K^{-1} \mathbf r + \tfrac12 \log \lvert \mathbf K \rvert + \tfrac n2 \log 2\pi, \qquad \mathbf K = k_\theta(\mathbf X, \mathbf X) + \sigma^2 \mathbf I`,
      caption: 'What is minimised over θ and σ², with its analytic gradient; r: target less trend; n: rows.',
    },
    {
      latex: String.raw`\mathbb E[f_*] = \mathbf k_*^{\mathsf T} \mathbf K^{-1} \mathbf r, \qquad \operatorname{var}[f_*] = k_{**} - \mathbf k_*^{\mathsf T} \mathbf K^{-1} \mathbf k_*`,
      caption: 'Prediction at a new row, k* its covariances with the rows fitted.',
    },
  ],
  documentation: `
## When to use it
With up to some thousands of rows, whenever a prediction is worth little without its uncertainty, and to see what a sparse method gives up. Time grows with the cube of the rows, memory with their square.

## What to look out for
- **Above ${mostRows.toLocaleString('en')} rows** it is refused: choose a sparse method.
- **Hyper-parameters are learned on a part** of the rows where there are more than 'Rows learned on', which a warning says; the process itself is then solved on all of them.
- **One noise for all rows.** Where it differs from row to row and is known, give the column of its variance that role.
- **An optimum on its bound** is told as a warning: a length scale at its upper bound says that the input hardly matters, a noise at its lower bound that the target is a function of the inputs, or leaks.
- **Look at the calibration.** Coverage below the diagonal means intervals that are too narrow.
`.trim(),
  cite: [
    {
      authors: 'Rasmussen, Williams',
      title: 'Gaussian processes for machine learning',
      year: 2006,
      venue: 'MIT Press',
      doi: '10.7551/mitpress/3206.001.0001',
    },
  ],
  inputs: { table: input.table() },
  params: z.object({
    ...modelParameters,
    learningRows: z.int().min(10).max(mostRows).default(4000).meta({
      title: 'Rows learned on',
      group: 'Optimiser',
      help: 'Most rows that hyper-parameters are learned on, drawn by the seed. Predictions use all rows.',
      logarithmic: true,
    }),
    ...optimiserParameters,
    ...holdOutParameters,
  }),
  outputs: gpOutputs,
  check: ({ table }, parameters) => checkFit(table, parameters),
  solve: async ({ table }, parameters, context) => {
    const { kernel, trend, standardise, learningRows, restarts, maxIterations, tolerance } = parameters
    const search = { restarts, maxIterations, tolerance }
    const info = await callNative(context, (native, nativeContext) =>
      native.exactGp(
        tableInput(table),
        tableHoldOut(table, parameters),
        { kernel: kernelInput(table, kernel), trend, standardise, learningRows, search },
        nativeContext,
      ),
    )
    return fitResult(info, table.dataset, context.folder)
  },
})
