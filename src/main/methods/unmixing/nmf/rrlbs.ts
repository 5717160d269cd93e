import { defineNmf, plainModel } from './define-nmf'
import { commonAdvice, objective, sumToOne, symbols, updating } from './equations'
import { sparsityParameter, sumToOneParameter } from './parameters'

/** Robust representation and learning-based sparsity. */
export const rrlbs = defineNmf({
  id: 'rrlbs',
  version: 1,
  title: 'RRLbS',
  summary:
    'Robust blind unmixing: bands count by the length of their residual, and a learned map tells how sparse every pixel is.',
  equations: [
    {
      latex: objective(
        String.raw`s \textstyle\sum_b \lVert \mathbf r_b \rVert`,
        sumToOne,
        String.raw`\alpha \textstyle\sum_n \lVert \mathbf a_n \rVert_{1-h_n}^{1-h_n}`,
      ),
      caption: `${symbols} r_b: residual of band b over all pixels; s: median of their lengths; hₙ: guidance map.`,
    },
    {
      latex: String.raw`w_b = \frac{s}{\lVert \mathbf r_b \rVert}, \qquad \mathbf A \leftarrow \mathbf A \circ \frac{\mathbf M^{\mathsf T} \operatorname{diag}(\mathbf w) \mathbf Y}{\mathbf M^{\mathsf T} \operatorname{diag}(\mathbf w) \mathbf M \mathbf A + \alpha (1 - h_n)\, \mathbf a_n^{-h_n}}`,
      caption: 'With the weights of the bands held it is a weighted sparse factorisation. ' + updating,
    },
    {
      latex: String.raw`h_n = \frac{\sqrt p - \lVert \mathbf a_n \rVert_1 / \lVert \mathbf a_n \rVert_2}{\sqrt p - 1}`,
      caption:
        'The guidance map: the sparseness of the abundances of every pixel, from zero for equal parts to one for a single material; never above 0.9.',
    },
  ],
  documentation: `
## When to use it
When some bands are corrupted, and pure and mixed pixels lie side by side.

## What to look out for
${commonAdvice.trim()}
- **The start is robust, too.** Every band is regressed on all others; those that keep more than half of their variance to themselves take no part in the choice of the start, and the run says which. At least half of the bands are trusted. Where pixels are scaled one by one, their size is measured in the trusted bands only: the noise of one band would otherwise scale all others.
- **Corrupted bands are filled in.** A band that is not trusted and has less than half of the median weight in the end tells nothing about the endmembers; a straight line between the bands beside it stands in for its noise, and the run says where. The residual there is large for that reason. Leave such bands out and run again to have gaps instead.
- **What is learned settles.** The scale of the loss is set anew every ten iterations up to the fiftieth; between, the objective never rises.
- **Corrupted bands are let go.** By itself this loss leaves a corrupted band a small weight for ever, and many of them pull together. Bands that would be filled in no longer count from the fiftieth iteration on; their weight is then zero.
- **The rule of the map is our own.** It is the sparseness of the abundances, taken anew every ten iterations up to the fiftieth and held from then on; it was not taken from the paper, so that maps and results may differ from published ones.
`.trim(),
  cite: [
    {
      authors: 'Zhu, Wang, Fan, Meng, Pan',
      title: 'Effective spectral unmixing via robust representation and learning-based sparsity',
      year: 2014,
      venue: 'arXiv preprint',
      arxiv: '1409.0685',
    },
  ],
  params: {
    sparsity: sparsityParameter,
    sumToOneWeight: sumToOneParameter,
  },
  terms: ['sparsity', 'band-weights', 'guidance'],
  model: ({ sparsity, sumToOneWeight }) => ({
    ...plainModel,
    sumToOneWeight,
    loss: { name: 'lengths', kernelWidth: 1 },
    sparsity: { exponent: 'guided-by-abundances', weight: sparsity },
  }),
})
