import { defineNmf, plainModel } from './define-nmf'
import { commonAdvice, endmemberUpdate, objective, squares, sumToOne, symbols, updating } from './equations'
import { sparsityParameter, sumToOneParameter } from './parameters'
import { l12Sparsity } from '../citations'

/** NMF with the L1/2 sparsity of Qian et al. */
export const l12Nmf = defineNmf({
  id: 'l12-nmf',
  version: 1,
  title: 'L1/2-NMF',
  summary: 'Blind unmixing with an L1/2 term that draws pixels to few materials each.',
  equations: [
    {
      latex: objective(squares, sumToOne, String.raw`\alpha \lVert \mathbf A \rVert_{1/2}^{1/2}`),
      caption: symbols,
    },
    {
      latex: String.raw`${endmemberUpdate}, \qquad \mathbf A \leftarrow \mathbf A \circ \frac{\mathbf M^{\mathsf T} \mathbf Y}{\mathbf M^{\mathsf T} \mathbf M \mathbf A + \tfrac{\alpha}{2} \mathbf A^{-1/2}}`,
      caption: updating,
    },
    {
      latex: String.raw`\alpha = \frac{1}{\sqrt B} \sum_b \frac{\sqrt N - \lVert \mathbf y_b \rVert_1 / \lVert \mathbf y_b \rVert_2}{\sqrt N - 1}`,
      caption:
        'The weight where none is given, from the sparseness of the B bands over N pixels, for data whose mean square is one: it is then scaled to the data.',
    },
  ],
  documentation: `
## When to use it
When no endmembers are known and most pixels hold few of the materials. The term also holds the simplex: spectra that reach beyond the data make every pixel a mixture, and cost more.

## What to look out for
${commonAdvice.trim()}
- **Too much is too pure.** A weight several times the estimate turns mixed pixels into pure ones. Look at the sums and at the map of the residual.
`.trim(),
  cite: [l12Sparsity],
  params: {
    sparsity: sparsityParameter,
    sumToOneWeight: sumToOneParameter,
  },
  terms: ['sparsity'],
  model: ({ sparsity, sumToOneWeight }) => ({
    ...plainModel,
    sumToOneWeight,
    sparsity: { exponent: 'half', weight: sparsity },
  }),
})
