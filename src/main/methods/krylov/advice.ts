import { formatNumber, formatWhole } from '../../../shared/numbers'
import type { SolveSystemParams } from '../native'
import type { MatrixFacts } from './matrix-facts'

/** One combination that is advised, with the rule that led to it and what in the matrix speaks for it. */
export interface Suggestion {
  solver: SolveSystemParams['solver']
  preconditioner: SolveSystemParams['preconditioner']['kind']
  rule: string
  evidence: string
}

/** Rows up to which a factorisation takes seconds, whatever its fill. */
const directRows = 30_000
/** Rows up to which a factorisation is likely to fit where rows are as short as those of problems in the plane. */
const planeRows = 400_000
/** Entries a row of stencils in the plane. */
const planeEntries = 9.5
/** What rounding leaves of a symmetry or of a null vector. */
const rounding = 1e-12

/** What to try first, second and so on: plain rules over plain facts, none of them hidden. */
export function advise(facts: MatrixFacts): Suggestion[] {
  if (facts.rows !== facts.columns) return leastSquares(facts)
  if (singular(facts) !== null) return consistentAtBest(facts, singular(facts) ?? '')
  const direct = directSuggestion(facts)
  const iterative = iterativeSuggestions(facts)
  return direct === null ? iterative : [direct, ...iterative]
}

function leastSquares({ rows, columns }: MatrixFacts): Suggestion[] {
  const evidence = `${formatWhole(rows)} rows, ${formatWhole(columns)} columns.`
  const iterative: Suggestion[] = [
    {
      ...{ solver: 'lsmr', preconditioner: 'none', evidence },
      rule: 'A matrix that is not square has a least-squares solution: LSMR finds the shortest one without forming AᴴA.',
    },
    {
      ...{ solver: 'lsqr', preconditioner: 'none', evidence },
      rule: 'LSQR does the same with the residual falling fastest.',
    },
  ]
  if (rows < columns || rows > directRows) return iterative
  return [
    {
      ...{ solver: 'qr', preconditioner: 'none', evidence },
      rule: 'A tall matrix of this size is factorised in seconds: sparse QR solves least squares directly.',
    },
    ...iterative,
  ]
}

/** Why the matrix is singular, or looks it; null where nothing says so. */
function singular(facts: MatrixFacts): string | null {
  if (facts.zeroRows > 0) return `${formatWhole(facts.zeroRows)} rows are zero.`
  if (facts.zeroColumns > 0) return `${formatWhole(facts.zeroColumns)} columns are zero.`
  if (facts.constantResidual <= rounding)
    return 'Constant vectors are sent to nought: every row sums to zero.'
  if (facts.definiteness === 'semidefinite') return 'The smallest Ritz value is nought within rounding.'
  return null
}

function consistentAtBest(facts: MatrixFacts, evidence: string): Suggestion[] {
  const hermitian = facts.hermitianDeviation <= rounding
  const rule = 'A singular system has solutions only for right-hand sides in its range, and then many'
  const shortest: Suggestion = {
    ...{ solver: 'lsmr', preconditioner: 'none', evidence },
    rule: `${rule}: LSMR finds the shortest one, and a least-squares one where there is none.`,
  }
  if (hermitian && facts.zeroRows === 0 && facts.nonpositiveOffDiagonal > 0.95)
    return [
      {
        ...{ solver: 'cg', preconditioner: 'amg-classical', evidence },
        rule: `${rule}: CG with multigrid converges on the rest of the space where the right-hand side is consistent.`,
      },
      minimalResidual(evidence),
      shortest,
    ]
  return hermitian ? [minimalResidual(evidence), shortest] : [shortest, incomplete('gmres', evidence)]
}

function minimalResidual(evidence: string): Suggestion {
  return {
    ...{ solver: 'minres', preconditioner: 'none', evidence },
    rule: 'MINRES takes Hermitian matrices with eigenvalues of either sign, and singular ones with a consistent right-hand side.',
  }
}

/** Direct, where a factor can be expected to fit; null where it can not. */
function directSuggestion(facts: MatrixFacts): Suggestion | null {
  const width = facts.entries / facts.rows
  const plane = facts.rows <= planeRows && width <= planeEntries
  if (facts.rows > directRows && !plane) return null
  const evidence = `${formatWhole(facts.rows)} rows with ${formatNumber(width, 3)} entries each; ${definitenessEvidence(facts)}`
  const size =
    facts.rows <= directRows
      ? 'A system of this size is factorised in seconds'
      : 'A system as sparse as those of the plane has factors that fit'
  if (facts.definiteness === 'positive' || facts.definiteness === 'positive-likely')
    return {
      ...{ solver: 'cholesky', preconditioner: 'none', evidence },
      rule: `${size}, and a positive definite one needs no pivoting: sparse Cholesky.`,
    }
  return {
    ...{ solver: 'lu', preconditioner: 'none', evidence },
    rule: `${size}: sparse LU with pivoting, whatever its symmetry and its signs.`,
  }
}

function iterativeSuggestions(facts: MatrixFacts): Suggestion[] {
  const evidence = definitenessEvidence(facts)
  switch (facts.definiteness) {
    case 'positive':
    case 'positive-likely':
      return definite(facts, evidence)
    case 'negative':
    case 'indefinite':
    case 'semidefinite':
      return [incomplete('gmres', evidence), minimalResidual(evidence)]
    case 'not-hermitian':
      return nonsymmetric(facts)
  }
}

function definite(facts: MatrixFacts, evidence: string): Suggestion[] {
  const aggregation: Suggestion = {
    ...{ solver: 'cg', preconditioner: 'amg-aggregation' },
    rule: 'A positive definite matrix of several unknowns a point: CG with smoothed aggregation, which is told the near-null space.',
    evidence: facts.nearNullSpace ? `${evidence} A near-null space came with it.` : evidence,
  }
  const classical: Suggestion = {
    ...{ solver: 'cg', preconditioner: 'amg-classical' },
    rule: 'A positive definite matrix like that of a scalar diffusion: CG with Ruge-Stüben multigrid, in a time that grows with the size and no faster.',
    evidence: `${evidence} ${percent(facts.nonpositiveOffDiagonal)} of the entries beside the diagonal are not positive.`,
  }
  const factor: Suggestion = {
    ...{ solver: 'cg', preconditioner: 'ic0' },
    rule: 'A positive definite matrix without the signs of a diffusion: CG with incomplete Cholesky, shifted until a factor exists.',
    evidence: `${evidence} Only ${percent(facts.nonpositiveOffDiagonal)} of the entries beside the diagonal are not positive; the diagonal spans a factor of ${formatNumber(facts.diagonalRatio, 3)}.`,
  }
  if (facts.nearNullSpace) return [aggregation, factor]
  return facts.nonpositiveOffDiagonal >= 0.9 ? [classical, factor] : [factor, aggregation]
}

function nonsymmetric(facts: MatrixFacts): Suggestion[] {
  const evidence = `${percent(facts.patternSymmetry)} of the pattern is symmetric, ‖A − Aᴴ‖ / ‖A‖ = ${formatNumber(facts.hermitianDeviation, 3)}${facts.complex ? ', complex' : ''}.`
  const monotone = facts.nonpositiveOffDiagonal >= 0.99 && facts.dominantRows >= 0.99 && !facts.complex
  const thresholded = incomplete('gmres', evidence)
  if (monotone)
    return [
      {
        ...{ solver: 'gmres', preconditioner: 'amg-classical' },
        rule: 'A nonsymmetric matrix with the signs of a diffusion (an M-matrix, as upwinding makes): GMRES with Ruge-Stüben multigrid.',
        evidence: `${evidence} ${percent(facts.dominantRows)} of the rows are diagonally dominant.`,
      },
      thresholded,
    ]
  return [
    thresholded,
    {
      ...{ solver: 'idr', preconditioner: 'ilu0', evidence },
      rule: 'Where GMRES needs too many vectors, IDR(4) needs few: with ILU(0).',
    },
  ]
}

function incomplete(solver: 'gmres', evidence: string): Suggestion {
  return {
    ...{ solver, preconditioner: 'ilut', evidence },
    rule: 'An indefinite or nonsymmetric matrix without a structure that multigrid knows: GMRES with ILU that drops small entries.',
  }
}

const signs: Record<MatrixFacts['definiteness'], string> = {
  'positive': 'Hermitian, and Gershgorin’s discs prove it positive definite.',
  'positive-likely': 'Hermitian, and sixty steps of Lanczos found no negative direction.',
  'semidefinite': 'Hermitian, with a smallest Ritz value of nought.',
  'indefinite': 'Hermitian, with eigenvalues of either sign.',
  'negative': 'Hermitian, and no positive direction was found: −A is the definite one.',
  'not-hermitian': 'Not Hermitian.',
}

function definitenessEvidence({ definiteness }: MatrixFacts): string {
  return signs[definiteness]
}

function percent(share: number): string {
  return `${formatNumber(100 * share, 3)} %`
}
