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

/** NMF with a graph of the pixels (GNMF). */
export const graphNmf = defineNmf({
  id: 'graph-nmf',
  version: 1,
  title: 'Graph-regularised NMF',
  summary: 'Blind unmixing in which a graph draws similar neighbours to similar abundances.',
  equations: [
    { latex: objective(squares, sumToOne, roughness), caption: `${symbols} ${graphSymbols}` },
    {
      latex: String.raw`${endmemberUpdate}, \qquad \mathbf A \leftarrow \mathbf A \circ \frac{\mathbf M^{\mathsf T} \mathbf Y + \lambda \mathbf A (\mathbf D + \mathbf W)}{\mathbf M^{\mathsf T} \mathbf M \mathbf A + 2 \lambda \mathbf A \mathbf D}`,
      caption:
        'The updates; joined pixels are drawn half-way towards each other, so that all may move at once. ' +
        updating,
    },
  ],
  documentation: `
## When to use it
For noisy scenes of large patches.

## What to look out for
${commonAdvice.trim()}
- **λ smooths.** Raise the graph weight for noisy scenes, lower it where maps look blurred. The graph alone does not hold the simplex: see the methods that join it with a sparsity term.
`.trim(),
  cite: [
    {
      authors: 'Cai, He, Han, Huang',
      title: 'Graph regularized nonnegative matrix factorization for data representation',
      year: 2011,
      venue: 'IEEE Transactions on Pattern Analysis and Machine Intelligence 33',
      doi: '10.1109/TPAMI.2010.231',
    },
  ],
  params: {
    ...graphParameters,
    sumToOneWeight: sumToOneParameter,
  },
  terms: ['graph'],
  model: ({ sumToOneWeight, ...graph }) => ({ ...plainModel, sumToOneWeight, graph: graphOf(graph) }),
})
