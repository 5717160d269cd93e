import { z } from 'zod'
import { defineNmf, plainModel } from './define-nmf'
import { commonAdvice, objective, sumToOne, symbols, updating } from './equations'
import { sparsityParameter, sumToOneParameter } from './parameters'

/** NMF with the correntropy of the residual of every band. */
export const correntropyNmf = defineNmf({
  id: 'correntropy-nmf',
  version: 1,
  title: 'Correntropy NMF',
  summary: 'Robust blind unmixing: a band that the mixture can not explain loses its weight exponentially.',
  equations: [
    {
      latex: objective(
        String.raw`\sigma^2 \textstyle\sum_b \Bigl(1 - \exp\Bigl(-\frac{\lVert \mathbf r_b \rVert^2}{2\sigma^2}\Bigr)\Bigr)`,
        sumToOne,
        String.raw`\alpha \lVert \mathbf A \rVert_{1/2}^{1/2}`,
      ),
      caption: `${symbols} r_b: residual of band b over all pixels; σ: a multiple of the median of their lengths.`,
    },
    {
      latex: String.raw`w_b = \exp\Bigl(-\frac{\lVert \mathbf r_b \rVert^2}{2\sigma^2}\Bigr), \qquad \mathbf A \leftarrow \mathbf A \circ \frac{\mathbf M^{\mathsf T} \operatorname{diag}(\mathbf w) \mathbf Y}{\mathbf M^{\mathsf T} \operatorname{diag}(\mathbf w) \mathbf M \mathbf A + \tfrac{\alpha}{2} \mathbf A^{-1/2}}`,
      caption:
        'Half-quadratic optimisation: with the weights of the bands held it is a weighted sparse factorisation. ' +
        updating,
    },
  ],
  documentation: `
## When to use it
When some bands are corrupted and it is not known which: the weights find them.

## What to look out for
${commonAdvice.trim()}
- **The start is robust, too.** Every band is regressed on all others; those that keep more than half of their variance to themselves take no part in the choice of the start, and the run says which. At least half of the bands are trusted. Where pixels are scaled one by one, their size is measured in the trusted bands only: the noise of one band would otherwise scale all others.
- **Corrupted bands are filled in.** A band that is not trusted and has less than half of the median weight in the end tells nothing about the endmembers; a straight line between the bands beside it stands in for its noise, and the run says where. The residual there is large for that reason. Leave such bands out and run again to have gaps instead.
- **What is learned settles.** The scale of the loss is set anew every ten iterations up to the fiftieth; between, the objective never rises.
`.trim(),
  cite: [
    {
      authors: 'Wang, Pan, Xiang, Zhu',
      title: 'Robust hyperspectral unmixing with correntropy-based metric',
      year: 2015,
      venue: 'IEEE Transactions on Image Processing 24',
      doi: '10.1109/TIP.2015.2456508',
      arxiv: '1305.7311',
    },
  ],
  params: {
    sparsity: sparsityParameter,
    kernelWidth: z.number().positive().max(1e6).default(2).meta({
      title: 'Kernel width',
      symbol: 'σ',
      help: 'In medians of the residual lengths of the bands. Smaller drops bands sooner.',
    }),
    sumToOneWeight: sumToOneParameter,
  },
  terms: ['sparsity', 'band-weights'],
  model: ({ sparsity, kernelWidth, sumToOneWeight }) => ({
    ...plainModel,
    sumToOneWeight,
    loss: { name: 'correntropy', kernelWidth },
    sparsity: { exponent: 'half', weight: sparsity },
  }),
})
