import { z } from 'zod'
import { defineMethod, input } from '../../../shared/method'
import { callNative } from '../native'
import { inducingArtifacts, inducingGpOutputs } from './inducing-gp'
import { fitResult } from './fit-artifacts'
import { checkFit, kernelInput } from './kernel-input'
import { observationShown, stochasticParameters } from './stochastic-parameters'
import { inputNames, tableHoldOut, tableInput } from './table-input'

/** Stochastic variational Gaussian process. */
export const svgp = defineMethod({
  id: 'svgp',
  family: 'gp',
  version: 1,
  title: 'Inducing points from minibatches (SVGP)',
  summary:
    'A variational Gaussian process that sees a few rows at a time: for any number of rows, for classes, for counts, and for noise that varies.',
  equations: [
    {
      latex: String.raw`\log p(\mathbf y) \ge \sum_i \mathbb E_{q(f_i)}\bigl[\log p(y_i \mid f_i)\bigr] - \operatorname{KL}\bigl(q(\mathbf u)\,\Vert\, p(\mathbf u)\bigr), \qquad q(\mathbf u) = \mathcal N(\mathbf m, \mathbf S)`,
      caption:
        'The bound: u are values at the inducing points; the sum is estimated from a minibatch; m and S follow natural gradients, everything else Adam.',
    },
    {
      latex: String.raw`y_i \sim \mathcal N\bigl(f(\mathbf x_i),\; \sigma^2 e^{g(\mathbf x_i)}\bigr), \qquad f \sim \mathcal{GP}(0, k_f), \quad g \sim \mathcal{GP}(0, k_g)`,
      caption:
        'Noise that varies: its logarithmic variance g is a second process at the same inducing points, with length scales of its own. The expectations of the bound are closed forms.',
    },
  ],
  documentation: `
## When to use it
With more rows than SGPR can hold, or with targets that are classes, counts or full of outliers.

## What to look out for
- **Passes, not iterations.** The trace has a row a pass; what is told at the end is the bound over all rows.
- **Classes** are 0 and 1, **counts** whole numbers from 0; anything else is refused by name.
- **Noise that varies** takes twice the time, and rows enough to tell noise from function: some hundreds at least. Its predictive distributions are mixtures, and the calibration panel judges them as such.
- **Normal noise and some ten thousand rows:** SGPR reaches the same bound without steps to choose.
`.trim(),
  cite: [
    {
      authors: 'Hensman, Fusi, Lawrence',
      title: 'Gaussian processes for big data',
      year: 2013,
      venue: 'Uncertainty in Artificial Intelligence',
      arxiv: '1309.6835',
    },
    {
      authors: 'Salimbeni, Eleftheriadis, Hensman',
      title: 'Natural gradients in practice: non-conjugate variational inference in Gaussian process models',
      year: 2018,
      venue: 'AISTATS, PMLR 84',
      arxiv: '1803.09151',
    },
    {
      authors: 'Saul, Hensman, Vehtari, Lawrence',
      title: 'Chained Gaussian processes',
      year: 2016,
      venue: 'AISTATS, PMLR 51',
      arxiv: '1604.05263',
    },
  ],
  inputs: { table: input.table() },
  params: z.object({
    ...stochasticParameters(500),
    observation: z
      .enum(['gaussian', 'heteroscedastic', 'student-t', 'bernoulli', 'poisson'])
      .default('gaussian')
      .meta({
        ...observationShown,
        choices: { ...observationShown.choices, heteroscedastic: 'Normal noise that varies with the inputs' },
      }),
  }),
  outputs: inducingGpOutputs,
  check: ({ table }, parameters) => checkFit(table, parameters),
  solve: async ({ table }, parameters, context) => {
    const { holdOut, splitNumber, holdOutShare, blocks, folds, ...own } = parameters
    const choice = { holdOut, splitNumber, holdOutShare, blocks, folds }
    const info = await callNative(context, (native, nativeContext) =>
      native.svgp(
        tableInput(table),
        tableHoldOut(table, choice),
        { ...own, kernel: kernelInput(table, own.kernel) },
        nativeContext,
      ),
    )
    return fitResult(info, table.dataset, context.folder, async (sizeOf) =>
      inducingArtifacts(
        inputNames(table.dataset),
        info.files.includes('inducingPoints.npy') ? await sizeOf('inducingPoints') : 0,
      ),
    )
  },
})
