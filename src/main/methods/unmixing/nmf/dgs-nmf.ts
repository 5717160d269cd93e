import { defineNmf, plainModel } from './define-nmf'
import { commonAdvice, endmemberUpdate, objective, squares, sumToOne, symbols, updating } from './equations'
import { sparsityParameter, sumToOneParameter } from './parameters'

/** Data-guided sparsity. */
export const dgsNmf = defineNmf({
  id: 'dgs-nmf',
  version: 1,
  title: 'DgS-NMF',
  summary:
    'Blind unmixing in which every pixel is drawn to few materials as firmly as its neighbourhood suggests.',
  equations: [
    {
      latex: objective(
        squares,
        sumToOne,
        String.raw`\alpha \textstyle\sum_n \lVert \mathbf a_n \rVert_{1-h_n}^{1-h_n}`,
      ),
      caption: `${symbols} hₙ: guidance map, how alike pixel n and its eight neighbours are.`,
    },
    {
      latex: String.raw`${endmemberUpdate}, \qquad \mathbf A \leftarrow \mathbf A \circ \frac{\mathbf M^{\mathsf T} \mathbf Y}{\mathbf M^{\mathsf T} \mathbf M \mathbf A + \alpha (1 - h_n)\, \mathbf a_n^{-h_n}}`,
      caption: updating,
    },
  ],
  documentation: `
## When to use it
Where patches of single materials meet in mixed edges: pixels amid a patch are made nearly pure, pixels on an edge are left to mix.

## What to look out for
${commonAdvice.trim()}
- **The map is a guess.** A uniform patch may be a uniform mixture. Compare the guidance map with what you know of the scene.
- **The rule of the map is our own.** It is the mean heat kernel of the eight neighbours, averaged once over the graph and held during the iteration; it was not taken from the paper, so that maps and results may differ from published ones.
`.trim(),
  cite: [
    {
      authors: 'Zhu, Wang, Fan, Xiang, Meng, Pan',
      title: 'Spectral unmixing via data-guided sparsity',
      year: 2014,
      venue: 'IEEE Transactions on Image Processing 23',
      doi: '10.1109/TIP.2014.2363423',
      arxiv: '1403.3155',
    },
  ],
  params: {
    sparsity: sparsityParameter,
    sumToOneWeight: sumToOneParameter,
  },
  terms: ['sparsity', 'guidance'],
  model: ({ sparsity, sumToOneWeight }) => ({
    ...plainModel,
    sumToOneWeight,
    sparsity: { exponent: 'guided-by-data', weight: sparsity },
  }),
})
