import { defineNmf, plainModel } from './define-nmf'
import { commonAdvice, endmemberUpdate, objective, squares, sumToOne, symbols, updating } from './equations'
import { sparsityParameter, sumToOneParameter } from './parameters'
import { l12Sparsity } from '../citations'

/** NMF with a lasso on the abundances. */
export const l1Nmf = defineNmf({
  id: 'l1-nmf',
  version: 1,
  title: 'L1-NMF',
  summary: 'Blind unmixing with a lasso on the abundances.',
  equations: [
    { latex: objective(squares, sumToOne, String.raw`\alpha \lVert \mathbf A \rVert_1`), caption: symbols },
    {
      latex: String.raw`${endmemberUpdate}, \qquad \mathbf A \leftarrow \mathbf A \circ \frac{\mathbf M^{\mathsf T} \mathbf Y}{\mathbf M^{\mathsf T} \mathbf M \mathbf A + \alpha}`,
      caption: updating,
    },
  ],
  documentation: `
## When to use it
To compare with the methods whose sparsity term bends. Once abundances sum to one their sum can not be lowered any further, and a lasso prefers no mixture to another.

## What to look out for
${commonAdvice.trim()}
- **Little is gained.** With a light sum-to-one row the lasso pulls sums below one; with a heavy one it does next to nothing.
`.trim(),
  cite: [
    {
      authors: 'Hoyer',
      title: 'Non-negative matrix factorization with sparseness constraints',
      year: 2004,
      venue: 'Journal of Machine Learning Research 5',
      arxiv: 'cs/0408058',
    },
    l12Sparsity,
  ],
  params: {
    sparsity: sparsityParameter,
    sumToOneWeight: sumToOneParameter,
  },
  terms: ['sparsity'],
  model: ({ sparsity, sumToOneWeight }) => ({
    ...plainModel,
    sumToOneWeight,
    sparsity: { exponent: 'one', weight: sparsity },
  }),
})
