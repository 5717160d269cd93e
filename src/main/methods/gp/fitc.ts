import { defineMethod, input } from '../../../shared/method'
import { checkFit } from './kernel-input'
import { inducingCitations, inducingGpOutputs, inducingGpParameters, solveInducing } from './inducing-gp'

/** Inducing points with the fully independent training conditional. */
export const fitc = defineMethod({
  id: 'fitc',
  family: 'gp',
  version: 1,
  title: 'Inducing points, FITC',
  summary:
    'A Gaussian process seen through some inducing points, with the variance they miss added row by row: noise may differ from place to place.',
  equations: [
    {
      latex: String.raw`\mathbf y \sim \mathcal N\bigl(\mathbf 0,\ \mathbf Q + \operatorname{diag}(\mathbf K - \mathbf Q) + \sigma^2 \mathbf I\bigr), \qquad \mathbf Q = \mathbf K_{nm} \mathbf K_{mm}^{-1} \mathbf K_{mn}`,
      caption:
        'The likelihood that is maximised over hyper-parameters and places of the points; K: covariance of the rows, Q: what the m inducing points explain of it, σ²: variance of the noise.',
    },
  ],
  documentation: `
## When to use it
As SGPR, where variance that differs from place to place because the points miss some of it matters more than a bound of the evidence. Noise that itself varies is learned by SVGP.

## What to look out for
- **It can underestimate the noise**, for the variance that the points miss stands in for it (Bauer and others, 2016). Look at the coverage.
- **More points need not help:** the objective is no bound.
- **Points may gather** where the target is noisy.
`.trim(),
  cite: inducingCitations,
  inputs: { table: input.table() },
  params: inducingGpParameters,
  outputs: inducingGpOutputs,
  check: ({ table }, parameters) => checkFit(table, parameters),
  solve: ({ table }, parameters, context) => solveInducing('fitc', table, parameters, context),
})
