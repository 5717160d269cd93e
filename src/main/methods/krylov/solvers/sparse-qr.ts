import { directSolver } from './direct-solver'

/** Direct solution by QR. */
export const sparseQr = directSolver('qr', {
  id: 'sparse-qr',
  square: false,
  title: 'Sparse QR (direct)',
  summary: 'Direct: A P = Q R. For square matrices and for least squares with more rows than columns.',
  equations: [
    {
      latex: String.raw`A P = Q R, \qquad x = P R^{-1} Q^{\mathsf H} b`,
      caption: 'Q: orthogonal, kept as reflections; R: upper triangular.',
    },
  ],
  documentation: `
## When to use it
For least squares with more rows than columns and for ill-conditioned square systems.

## What to look out for
- **More fill than LU.** For square systems LU is faster.
- **A rank that is not full** is named; LSQR and LSMR find the shortest solution.
`,
})
