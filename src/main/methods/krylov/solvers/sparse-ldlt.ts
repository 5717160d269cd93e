import { directSolver } from './direct-solver'

/** Direct solution by LDLᴴ. */
export const sparseLdlt = directSolver('ldlt', {
  id: 'sparse-ldlt',
  square: true,
  title: 'Sparse LDLᴴ (direct)',
  summary:
    'Direct: P A Pᵀ = L D Lᴴ with rows exchanged within dense blocks. For Hermitian matrices, definite or not.',
  equations: [
    {
      latex: String.raw`P A P^{\mathsf T} = L D L^{\mathsf H}`,
      caption:
        'D: blocks of one and of two rows, of either sign; P: fill-reducing order, and exchanges within blocks.',
    },
  ],
  documentation: `
## When to use it
For Hermitian matrices that are indefinite (quasi-definite, shifted operators, many saddle points): half the memory of LU.

## What to look out for
- **Rows are exchanged within dense blocks only** (Bunch and Kaufman's rule), not between them. Where a pivot vanishes all the same, the run names its row; where one is tiny, the recomputed residual shows it. LU, which exchanges rows everywhere, is the way then.
`,
})
