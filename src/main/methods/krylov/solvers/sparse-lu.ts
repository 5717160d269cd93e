import { directSolver } from './direct-solver'

/** Direct solution by LU. */
export const sparseLu = directSolver('lu', {
  id: 'sparse-lu',
  square: true,
  title: 'Sparse LU (direct)',
  summary: 'Direct: P A Q = L U with partial pivoting. For any square matrix that is not singular.',
  equations: [
    {
      latex: String.raw`P A Q = L U`,
      caption: 'P: row exchanges of partial pivoting; Q: fill-reducing order of the columns.',
    },
  ],
  documentation: `
## When to use it
For any square matrix whose factors fit in memory. For a single system in the plane it often beats everything iterative; it is always offered beside it.

## What to look out for
- **A singular matrix** is named as such; LSQR, LSMR and sparse QR give least-squares solutions.
`,
})
