import { directSolver } from './direct-solver'

/** Direct solution by Cholesky. */
export const sparseCholesky = directSolver('cholesky', {
  id: 'sparse-cholesky',
  square: true,
  title: 'Sparse Cholesky (direct)',
  summary: 'Direct: A = L Lᴴ with an order that keeps L sparse. For Hermitian positive definite matrices.',
  equations: [
    {
      latex: String.raw`P A P^{\mathsf T} = L L^{\mathsf H}`,
      caption: 'P: fill-reducing order; L: lower triangular, sparse.',
    },
  ],
  documentation: `
## When to use it
For Hermitian positive definite matrices whose factor fits in memory: the safest solver there is, and for problems in the plane often the fastest up to some hundred thousand unknowns.

## What to look out for
- **A matrix that is not positive definite** has no such factor; the run names it, and LDLᴴ or LU are next.
`,
})
