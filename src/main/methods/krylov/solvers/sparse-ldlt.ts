import { directSolver } from './direct-solver'

/** Direct solution by LDLᴴ. */
export const sparseLdlt = directSolver('ldlt', {
  id: 'sparse-ldlt',
  square: true,
  title: 'Sparse LDLᴴ (direct)',
  summary: 'Direct: A = L D Lᴴ. For Hermitian matrices whose pivots do not vanish, definite or not.',
  equations: [
    {
      latex: String.raw`P A P^{\mathsf T} = L D L^{\mathsf H}`,
      caption: 'D: diagonal, of either sign.',
    },
  ],
  documentation: `
## When to use it
For Hermitian matrices that are indefinite in a harmless way (quasi-definite, shifted operators).

## What to look out for
- **Tiny pivots grow.** The recomputed residual shows it; LU with pivoting is the way then.
`,
})
