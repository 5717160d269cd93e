import { z } from 'zod'
import { defineNmf, plainModel } from './define-nmf'
import { commonAdvice, endmemberUpdate, objective, squares, sumToOne, symbols, updating } from './equations'
import { sumToOneParameter } from './parameters'

/** Plain non-negative matrix factorisation. */
export const nmf = defineNmf({
  id: 'nmf',
  version: 1,
  title: 'NMF',
  summary:
    'Blind unmixing without further assumptions: spectra and abundances are not negative and abundances sum to one.',
  equations: [
    { latex: objective(squares, sumToOne), caption: symbols },
    {
      latex: String.raw`${endmemberUpdate}, \qquad \mathbf A \leftarrow \mathbf A \circ \frac{\mathbf M^{\mathsf T} \mathbf Y}{\mathbf M^{\mathsf T} \mathbf M \mathbf A}`,
      caption: updating,
    },
    {
      latex: String.raw`\mathbf a_k \leftarrow \max\Bigl(0,\ \mathbf a_k + \frac{\mathbf m_k^{\mathsf T} (\mathbf Y - \mathbf M \mathbf A)}{\lVert \mathbf m_k \rVert^2}\Bigr), \quad \mathbf m_k \leftarrow \max\Bigl(0,\ \mathbf m_k + \frac{(\mathbf Y - \mathbf M \mathbf A) \mathbf a_k^{\mathsf T}}{\lVert \mathbf a_k \rVert^2}\Bigr)`,
      caption:
        'The exact updates (HALS): one component after the other, each solved for with all others held.',
    },
  ],
  documentation: `
## When to use it
As the yardstick for the others, and where pixels are well mixed and nothing speaks for sparse or smooth maps.

## What to look out for
${commonAdvice.trim()}
- **Nothing holds the simplex.** Run on for long, endmembers drift outwards while the residual still falls: exact updates reach that state sooner. Where the start is good, stop early, or choose a method with a sparsity or volume term.
`.trim(),
  cite: [
    {
      authors: 'Lee, Seung',
      title: 'Learning the parts of objects by non-negative matrix factorization',
      year: 1999,
      venue: 'Nature 401',
      doi: '10.1038/44565',
    },
    {
      authors: 'Gillis, Glineur',
      title:
        'Accelerated multiplicative updates and hierarchical ALS algorithms for nonnegative matrix factorization',
      year: 2012,
      venue: 'Neural Computation 24',
      doi: '10.1162/NECO_a_00256',
      arxiv: '1107.5194',
    },
  ],
  params: {
    updates: z
      .enum(['multiplicative', 'hals'])
      .default('multiplicative')
      .meta({
        title: 'Updates',
        help: 'Multiplicative ones take small steps and stay near the start; exact ones (hierarchical alternating least squares) settle in far fewer iterations.',
        choices: { multiplicative: 'Multiplicative', hals: 'Exact (HALS)' },
      }),
    sumToOneWeight: sumToOneParameter,
  },
  terms: [],
  model: ({ updates, sumToOneWeight }) => ({ ...plainModel, updates, sumToOneWeight }),
})
