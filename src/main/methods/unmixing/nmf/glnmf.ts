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
import { graphOf, graphParameters, sparsityParameter, sumToOneParameter } from './parameters'

/** Graph and L1/2 sparsity. */
export const glnmf = defineNmf({
  id: 'glnmf',
  version: 1,
  title: 'GLNMF',
  summary:
    'Blind unmixing with a graph of the pixels and an L1/2 term: coherent maps of few materials a pixel.',
  equations: [
    {
      latex: objective(squares, sumToOne, roughness, String.raw`\alpha \lVert \mathbf A \rVert_{1/2}^{1/2}`),
      caption: `${symbols} ${graphSymbols}`,
    },
    {
      latex: String.raw`${endmemberUpdate}, \qquad \mathbf A \leftarrow \mathbf A \circ \frac{\mathbf M^{\mathsf T} \mathbf Y + \lambda \mathbf A (\mathbf D + \mathbf W)}{\mathbf M^{\mathsf T} \mathbf M \mathbf A + 2 \lambda \mathbf A \mathbf D + \tfrac{\alpha}{2} \mathbf A^{-1/2}}`,
      caption:
        'The updates; joined pixels are drawn half-way towards each other, so that all may move at once. ' +
        updating,
    },
  ],
  documentation: `
## When to use it
As L1/2-NMF, where neighbours are alike and the scene is noisy.

## What to look out for
${commonAdvice.trim()}
- **Two weights.** λ smooths, α sparsifies; set one to zero to see what the other does.
`.trim(),
  cite: [
    {
      authors: 'Lu, Wu, Yuan, Yan, Li',
      title: 'Manifold regularized sparse NMF for hyperspectral unmixing',
      year: 2013,
      venue: 'IEEE Transactions on Geoscience and Remote Sensing 51',
      doi: '10.1109/TGRS.2012.2213825',
    },
  ],
  params: {
    sparsity: sparsityParameter,
    ...graphParameters,
    sumToOneWeight: sumToOneParameter,
  },
  terms: ['sparsity', 'graph'],
  model: ({ sparsity, sumToOneWeight, ...graph }) => ({
    ...plainModel,
    sumToOneWeight,
    graph: graphOf(graph),
    sparsity: { exponent: 'half', weight: sparsity },
  }),
})
