import { join } from 'node:path'
import { z } from 'zod'
import { defineMethod, input, output } from '../../../shared/method'
import { writeNpy } from '../../formats'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { problemParameters } from './solve-parameters'
import { checkProblem, plainAxis } from './solve-system'
import { systemInput } from './system-input'

/** What the table says of the figures of a matrix, in the order of reading. */
const findings: readonly (readonly [figure: string, title: string])[] = [
  ['rows', 'Rows'],
  ['columns', 'Columns'],
  ['entries', 'Entries'],
  ['storedZeros', 'Entries that are stored and zero'],
  ['longestRow', 'Entries of the longest row'],
  ['lowerBandwidth', 'Bandwidth below the diagonal'],
  ['upperBandwidth', 'Bandwidth above the diagonal'],
  ['profile', 'Profile (envelope below the diagonal)'],
  ['components', 'Parts that do not meet'],
  ['patternSymmetry', 'Share of entries with a mirror image'],
  ['symmetricDeviation', '‖A − Aᵀ‖ / ‖A‖'],
  ['hermitianDeviation', '‖A − Aᴴ‖ / ‖A‖'],
  ['dominantRows', 'Share of rows the diagonal dominates'],
  ['strictlyDominantRows', 'Share of rows it dominates strictly'],
  ['nonpositiveOffDiagonal', 'Share of entries beside the diagonal that are not positive'],
  ['zeroDiagonal', 'Zeros on the diagonal'],
  ['positiveDiagonal', 'Positive entries on the diagonal'],
  ['diagonalRatio', 'Largest over smallest diagonal entry'],
  ['zeroRows', 'Rows of zeros'],
  ['zeroColumns', 'Columns of zeros'],
  ['constantResidual', '‖A 1‖ / ‖A‖: nought where constants are in the null space'],
  ['gershgorinLow', 'Lower end of Gershgorin’s discs'],
  ['gershgorinHigh', 'Upper end of Gershgorin’s discs'],
  ['choleskyWorks', 'Cholesky works (1) or not (0)'],
  ['lowestRitz', 'Smallest Ritz value'],
  ['highestRitz', 'Largest Ritz value'],
  ['conditionLanczos', 'Condition number by Lanczos, from below'],
  ['conditionOneNorm', 'Condition number in the 1-norm, estimated'],
  ['oneNorm', '‖A‖₁'],
  ['frobeniusNorm', '‖A‖ (Frobenius)'],
]

/** Looks at a matrix without solving its system. */
export const inspectMatrix = defineMethod({
  id: 'inspect-matrix',
  family: 'krylov',
  version: 1,
  title: 'Inspect a matrix',
  summary:
    'Size, bandwidth, symmetry, definiteness with its evidence, dominance, null-space hints and condition numbers: what a matrix is, before it is solved with.',
  equations: [
    {
      latex: String.raw`\kappa_1(\mathbf A) = \lVert \mathbf A \rVert_1 \lVert \mathbf A^{-1} \rVert_1 \ \ge\ \lVert \mathbf A \rVert_1 \max_k \frac{\lVert \mathbf A^{-1} \mathbf x_k \rVert_1}{\lVert \mathbf x_k \rVert_1}`,
      caption:
        'The estimate of Hager and Higham: a few vectors xₖ, each chosen where the last solve grew fastest, with sparse LU factors where those are affordable.',
    },
  ],
  documentation: `
## When to use it
Before the first solve with a matrix from elsewhere, and when a solver does not do what it should.

## What to look out for
- **Bounds have a side.** Ritz values lie inside the spectrum, so the condition number by Lanczos is too small, never too large; the estimate in the 1-norm is seldom too small by more than a factor of three. Gershgorin's discs contain all eigenvalues, and more.
- **Definiteness** is proved by a Cholesky factorisation that works or by Gershgorin's discs, and disproved by a direction of negative curvature; anything else is said to be likely.
- **Large matrices** are not factorised: what was left out is said in words.
`.trim(),
  cite: [
    {
      authors: 'Higham',
      title:
        'FORTRAN codes for estimating the one-norm of a real or complex matrix, with applications to condition estimation',
      year: 1988,
      venue: 'ACM Transactions on Mathematical Software 14(4)',
      doi: '10.1145/50063.214386',
    },
  ],
  inputs: { matrix: input.matrix() },
  params: z.object({ system: problemParameters.system }),
  outputs: {
    findings: output.table({ title: 'Findings', help: 'Figures that could not be found are left out.' }),
    rowLengths: output.bars({
      title: 'Row lengths',
      help: 'How many rows have how many entries.',
    }),
  },
  check: ({ matrix }, { system }) => checkProblem(matrix, { system, rightHandSide: 'automatic' }),
  solve: async ({ matrix }, { system }, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.inspectMatrix(systemInput(matrix), system - 1, nativeContext),
    )
    const known = findings.flatMap(([figure, title]) => {
      const value = info.figures[figure]
      return value === undefined ? [] : [{ title, value }]
    })
    const values = Float64Array.from(known, ({ value }) => value)
    await writeNpy(join(context.folder, 'findings.npy'), 'float64', [known.length, 1], values)
    const step = info.figures['rowLengthStep'] ?? 1
    const bars = Math.ceil(((info.figures['longestRow'] ?? 0) + 1) / step)
    const labels = Array.from({ length: bars }, (_, bar) =>
      step === 1 ? String(bar) : `${bar * step}–${bar * step + step - 1}`,
    )
    const result = solveResult({ ...info, files: [...info.files, 'findings.npy'] }, [
      {
        name: 'findings',
        axes: [
          { ...plainAxis('finding', known.length), labels: known.map(({ title }) => title) },
          { ...plainAxis('quantity', 1), labels: ['value'] },
        ],
      },
      { name: 'rowLengths', axes: [{ ...plainAxis('entries in a row', bars), labels }] },
    ])
    return { ...result, notes: [...info.notes, ...matrix.dataset.notes] }
  },
})
