import { describe, expect, test } from 'vitest'
import { advise } from './advice'
import { combinationName } from './combination'
import type { MatrixFacts } from './matrix-facts'

const facts = (given: Partial<MatrixFacts>): MatrixFacts => ({
  ...{
    rows: 1_000_000,
    columns: 1_000_000,
    entries: 7_000_000,
    zeroRows: 0,
    zeroColumns: 0,
    zeroDiagonal: 0,
  },
  ...{ diagonalRatio: 1, patternSymmetry: 1, hermitianDeviation: 0, symmetricDeviation: 0, dominantRows: 1 },
  ...{ nonpositiveOffDiagonal: 1, constantResidual: 0.1, components: 1, complex: false },
  ...{ definiteness: 'positive-likely', nearNullSpace: false },
  ...given,
})
const names = (given: Partial<MatrixFacts>) => advise(facts(given)).map(combinationName)

describe('advice', () => {
  test('a large diffusion gets CG with classical multigrid', () => {
    expect(names({})).toEqual(['CG + Ruge-Stüben AMG', 'CG + IC(0)'])
  })
  test('a small system gets a factorisation first, by its signs', () => {
    const small = { rows: 2003, columns: 2003, entries: 83_883 }
    expect(names(small)[0]).toBe('Sparse Cholesky')
    expect(names({ ...small, definiteness: 'indefinite' })[0]).toBe('Sparse LU')
    expect(names({ ...small, definiteness: 'not-hermitian', hermitianDeviation: 0.3 })[0]).toBe('Sparse LU')
  })
  test('elasticity gets smoothed aggregation once its near-null space is there', () => {
    expect(names({ nearNullSpace: true, entries: 80_000_000 })[0]).toBe('CG + smoothed aggregation AMG')
  })
  test('an M-matrix of convection gets GMRES with multigrid, another nonsymmetric one ILUT', () => {
    const convection = { definiteness: 'not-hermitian', hermitianDeviation: 0.1 } as const
    expect(names(convection)[0]).toBe('GMRES(40) + Ruge-Stüben AMG')
    expect(names({ ...convection, dominantRows: 0.2 })[0]).toBe('GMRES(40) + ILUT')
  })
  test('a singular system is not sent to a factorisation', () => {
    const closed = {
      rows: 100,
      columns: 100,
      entries: 460,
      constantResidual: 1e-17,
      definiteness: 'semidefinite',
    } as const
    expect(names(closed)).toEqual(['CG + Ruge-Stüben AMG', 'MINRES', 'LSMR'])
    expect(names({ zeroRows: 2, hermitianDeviation: 1, definiteness: 'not-hermitian' })[0]).toBe('LSMR')
  })
  test('a matrix that is not square is solved in the least-squares sense', () => {
    expect(names({ rows: 51, columns: 27 })).toEqual(['Sparse QR', 'LSMR', 'LSQR'])
    expect(names({ rows: 27, columns: 51 })).toEqual(['LSMR', 'LSQR'])
  })
  test('every suggestion tells its rule and its evidence', () => {
    for (const { rule, evidence } of advise(facts({}))) {
      expect(rule).toMatch(/\w.*\.$/)
      expect(evidence).toMatch(/\w.*\.$/)
    }
  })
})
