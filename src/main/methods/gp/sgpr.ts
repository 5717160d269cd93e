import { defineMethod, input } from '../../../shared/method'
import { checkFit } from './kernel-input'
import { inducingCitations, inducingGpOutputs, inducingGpParameters, solveInducing } from './inducing-gp'

/** Sparse Gaussian process regression by the variational free energy. */
export const sgpr = defineMethod({
  id: 'sgpr',
  family: 'gp',
  version: 1,
  title: 'Inducing points, variational (SGPR)',
  summary:
    'A Gaussian process seen through some inducing points: a bound of the evidence is maximised, so more points can only help.',
  equations: [
    {
      latex: String.raw`\log p(\mathbf y) \ge \log \mathcal N\bigl(\mathbf y \mid \mathbf 0, \mathbf Q + \sigma^2 \mathbf I\bigr) - \frac{1}{2\sigma^2} \operatorname{tr}\bigl(\mathbf K - \mathbf Q\bigr), \qquad \mathbf Q = \mathbf K_{nm} \mathbf K_{mm}^{-1} \mathbf K_{mn}`,
      caption:
        'The bound that is maximised over hyper-parameters and places of the points; K: covariance of the rows, Q: what the m inducing points explain of it, σ²: variance of the noise.',
    },
    {
      latex: String.raw`\mathbb E[f_*] = \sigma^{-2} \mathbf k_{*m} \mathbf \Sigma \mathbf K_{mn} \mathbf y, \qquad \operatorname{var}[f_*] = k_{**} - q_{**} + \mathbf k_{*m} \mathbf \Sigma \mathbf k_{m*}, \qquad \mathbf \Sigma = \bigl(\mathbf K_{mm} + \sigma^{-2} \mathbf K_{mn} \mathbf K_{nm}\bigr)^{-1}`,
      caption: 'Prediction at a new row.',
    },
  ],
  documentation: `
## When to use it
With tens of thousands of rows and a smooth function: its cost for each row is that of the inducing points alone. Where the function is rough or has many inputs that matter, Vecchia needs less for the same error.

## What to look out for
- **The two bounds.** The figures 'lowerBound' and 'upperBound' hold the logarithm of the evidence between them, for each row. While they lie far apart, more points will help.
- **Too few points raise the noise:** what they cannot explain is told as noise, so intervals are too wide where the rows are dense. Calibrated deviations hold what they promise for every level of the variance; the figure 'leaveOutCoverage' says what they held before.
- **Noise that varies** with the inputs is not learned here: its bound has no closed form. SVGP with the likelihood 'Normal noise that varies' is the engine for it; variances that are known beforehand can be given as a column.
- **Moving the points** costs a gradient of all coordinates; with many points, chosen greedily, it gains little.
- **An optimum on its bound** is told as a warning.
`.trim(),
  cite: inducingCitations,
  inputs: { table: input.table() },
  params: inducingGpParameters,
  outputs: inducingGpOutputs,
  check: ({ table }, parameters) => checkFit(table, parameters),
  solve: ({ table }, parameters, context) => solveInducing('vfe', table, parameters, context),
})
