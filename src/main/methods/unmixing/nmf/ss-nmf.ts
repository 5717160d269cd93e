import { z } from 'zod'
import { defineNmf, plainModel } from './define-nmf'
import {
  commonAdvice,
  endmemberUpdate,
  graphSymbols,
  objective,
  roughness,
  squares,
  sumToOne,
  symbols,
  updating,
} from './equations'
import { graphOf, graphParameters, sumToOneParameter } from './parameters'

/** Structured sparse NMF: a pixel graph and a lasso. */
export const ssNmf = defineNmf({
  id: 'ss-nmf',
  version: 2,
  title: 'Structured sparse NMF',
  summary:
    'Blind unmixing: a graph that joins similar neighbours keeps maps coherent, a lasso keeps abundances sparse.',
  equations: [
    {
      latex: objective(squares, sumToOne, roughness, String.raw`\alpha \lVert \mathbf A \rVert_1`),
      caption: `${symbols} ${graphSymbols}`,
    },
    {
      latex: String.raw`${endmemberUpdate}, \qquad \mathbf A \leftarrow \mathbf A \circ \frac{\mathbf M^{\mathsf T} \mathbf Y + \lambda \mathbf A (\mathbf D + \mathbf W)}{\mathbf M^{\mathsf T} \mathbf M \mathbf A + 2 \lambda \mathbf A \mathbf D + \alpha}`,
      caption:
        'The updates; joined pixels are drawn half-way towards each other, so that all may move at once. ' +
        updating,
    },
  ],
  documentation: `
## When to use it
When no endmembers are known, pure pixels may be missing, and materials lie in patches: neighbours that look alike are drawn to alike abundances, edges between unlike neighbours stay sharp.

## What to look out for
${commonAdvice.trim()}
- **λ smooths, α sparsifies.** Raise the graph weight for noisy scenes, lower it where maps look blurred. A large α with a light sum-to-one row pulls sums below one.
- **It should stop in time.** Nothing in the objective holds the simplex small: run on for long with light weights, endmembers drift outwards while the objective still falls.
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
  params: {
    sparsity: z.number().min(0).max(1e6).default(0.1).meta({
      title: 'Sparsity',
      symbol: 'α',
      help: 'Weight of the lasso on the abundances, relative to pixels of unit length.',
      step: 0.01,
    }),
    ...graphParameters,
    sumToOneWeight: sumToOneParameter.default(10),
  },
  terms: ['sparsity', 'graph'],
  model: ({ sparsity, sumToOneWeight, ...graph }) => ({
    ...plainModel,
    sumToOneWeight,
    graph: graphOf(graph),
    sparsity: { exponent: 'one', weight: sparsity },
  }),
})
