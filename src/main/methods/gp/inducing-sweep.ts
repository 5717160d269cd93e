import { z } from 'zod'
import type { Axis } from '../../../shared/array'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { writtenVector } from '../written-vector'
import { inducingParameters } from './inducing-parameters'
import { checkFit, kernelInput } from './kernel-input'
import { modelParameters, optimiserParameters } from './parameters'
import { tableInput } from './table-input'

const quantities = [
  'Inducing points',
  'Lower bound [nat a row]',
  'Upper bound [nat a row]',
  'Gap [nat a row]',
  'Unexplained share of the variance',
  'Deviation of the noise',
]

const points = inducingParameters.points

/** Encloses the evidence between two bounds for rising numbers of inducing points. */
export const inducingSweep = defineMethod({
  id: 'inducing-sweep',
  family: 'gp',
  version: 1,
  title: 'Number of inducing points',
  summary:
    'How many inducing points are enough: SGPR with more and more of them, its bound beside an upper bound of the same evidence.',
  equations: [
    {
      latex: String.raw`\underline{\mathcal L} = \log \mathcal N\bigl(\mathbf y \mid \mathbf 0, \mathbf Q + \sigma^2 \mathbf I\bigr) - \frac{t}{2\sigma^2} \;\le\; \log p(\mathbf y), \qquad t = \operatorname{tr}\bigl(\mathbf K - \mathbf Q\bigr)`,
      caption:
        'The lower bound, which is maximised; Q: what the points explain of the covariance K of the rows, σ²: variance of the noise.',
    },
    {
      latex: String.raw`\log p(\mathbf y) \;\le\; \overline{\mathcal L} = -\frac n2 \log 2\pi - \frac12 \log\bigl\lvert \mathbf Q + \sigma^2 \mathbf I \bigr\rvert - \frac12 \mathbf y^\top \bigl(\mathbf Q + (t + \sigma^2) \mathbf I\bigr)^{-1} \mathbf y`,
      caption:
        'The upper bound at the same hyper-parameters: what the points do not explain is noise to the quadratic form, and nothing to the determinant.',
    },
  ],
  documentation: `
## When to use it
Before a long fit with SGPR, FITC or SVGP, to see how many inducing points the table asks for.

## What to look out for
- **The lower bound tells when to stop:** once it no longer rises, more points change little. Each number of points has hyper-parameters of its own, which begin where the fewer points ended.
- **The upper bound is loose** until nearly all variance is explained: a wide gap does not say that the fit is poor, a narrow one proves that it is as good as the exact process.
- **Points stay where they were chosen.** With greedy or random choice, fewer points are among the more; moving them, as SGPR does, gains the most where they are few.
- **All rows are used:** nothing is held out. Compare errors on held-out rows by a sweep of SGPR over its points.
`.trim(),
  cite: [
    {
      authors: 'Titsias',
      title: 'Variational learning of inducing variables in sparse Gaussian processes',
      year: 2009,
      venue: 'AISTATS, PMLR 5',
    },
    {
      authors: 'Titsias',
      title: 'Variational inference for Gaussian and determinantal point processes',
      year: 2014,
      venue: 'Workshop on Advances in Variational Inference, Neural Information Processing Systems',
    },
    {
      authors: 'Burt, Rasmussen, van der Wilk',
      title: 'Convergence of sparse variational inference in Gaussian processes regression',
      year: 2020,
      venue: 'Journal of Machine Learning Research 21(131)',
      arxiv: '2008.00323',
    },
  ],
  inputs: { table: input.table() },
  params: z.object({
    ...modelParameters,
    fewest: points.default(25).meta({
      title: 'Fewest inducing points',
      group: 'Inducing points',
      help: 'The first number that is tried.',
      logarithmic: true,
    }),
    most: points.default(800).meta({
      title: 'Most inducing points',
      group: 'Inducing points',
      help: 'The last number that is tried; all rows where there are no more. Time grows with their square for every row.',
      logarithmic: true,
    }),
    sizes: z.int().min(2).max(50).default(6).meta({
      title: 'Numbers tried',
      group: 'Inducing points',
      help: 'From the fewest to the most, evenly on a logarithmic scale.',
    }),
    selection: inducingParameters.selection.default('greedy-variance'),
    ...optimiserParameters,
    maxIterations: optimiserParameters.maxIterations.default(30),
  }),
  outputs: {
    bounds: output.series({
      title: 'Bounds of the evidence',
      unit: 'nat',
      axisScales: { horizontal: 'logarithmic', vertical: 'linear' },
      help: 'The logarithm of the evidence lies between both, for each row.',
    }),
    boundTable: output.table({
      title: 'Bounds by number of points',
      help: 'Both bounds, how far they lie apart, what share of the variance of the function the points leave unexplained, and the noise that was learned.',
    }),
    objective: output.trace({
      title: 'Bounds',
      help: 'A row for every number of points.',
      columns: [
        { name: 'points', title: 'Inducing points', unit: null, logarithmic: true },
        { name: 'lowerBound', title: 'Lower bound', unit: 'nat', logarithmic: false },
        { name: 'upperBound', title: 'Upper bound', unit: 'nat', logarithmic: false },
      ],
    }),
  },
  check: ({ table }, { kernel, fewest, most }) => {
    checkFit(table, { kernel, holdOut: 'none', splitNumber: 1, holdOutShare: 0.1, blocks: 2, folds: 2 })
    if (fewest > most)
      throw new FiligreeError(
        'invalid-parameter',
        `The fewest inducing points, ${fewest}, are more than the most, ${most}. Exchange them.`,
        { field: 'fewest' },
      )
  },
  solve: async ({ table }, parameters, context) => {
    const { kernel, restarts, maxIterations, tolerance, ...own } = parameters
    const search = { restarts, maxIterations, tolerance }
    const info = await callNative(context, (native, nativeContext) =>
      native.gpBoundSweep(
        tableInput(table),
        { ...own, kernel: kernelInput(table, kernel), search },
        nativeContext,
      ),
    )
    const cells = await writtenVector(context.folder, 'boundTable.npy')
    const tried = cells.filter((_, cell) => cell % quantities.length === 0)
    const axis = (name: string, size: number, more: Partial<Axis>): Axis => ({
      ...{ name, size, unit: null, coordinates: null, labels: null },
      ...more,
    })
    const numbers = axis('Inducing points', tried.length, { coordinates: tried })
    return solveResult(info, [
      {
        name: 'bounds',
        axes: [numbers, axis('bound', 2, { labels: ['Lower bound', 'Upper bound'] })],
      },
      {
        name: 'boundTable',
        axes: [
          axis('fit', tried.length, { labels: tried.map((count) => `${count} points`) }),
          axis('quantity', quantities.length, { labels: quantities }),
        ],
      },
    ])
  },
})
