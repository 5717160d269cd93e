import type { Proposal } from '../../../shared/run'
import type { SolveSystemParams } from '../native'
import type { MatrixFacts } from './matrix-facts'

/** A solver with its preconditioner. */
export interface Combination {
  solver: SolveSystemParams['solver']
  preconditioner: SolveSystemParams['preconditioner']['kind']
}

const solverNames: Record<Combination['solver'], string> = {
  'cg': 'CG',
  'deflated-cg': 'Deflated CG',
  'minres': 'MINRES',
  'gmres': 'GMRES(40)',
  'flexible-gmres': 'Flexible GMRES(40)',
  'bicgstab': 'BiCGSTAB',
  'idr': 'IDR(4)',
  'lsqr': 'LSQR',
  'lsmr': 'LSMR',
  'multigrid': 'Multigrid',
  'cholesky': 'Sparse Cholesky',
  'ldlt': 'Sparse LDLᴴ',
  'lu': 'Sparse LU',
  'qr': 'Sparse QR',
}

const preconditionerNames: Record<Combination['preconditioner'], string> = {
  'none': '',
  'jacobi': 'Jacobi',
  'ssor': 'SSOR',
  'ic0': 'IC(0)',
  'ilu0': 'ILU(0)',
  'ilut': 'ILUT',
  'amg-classical': 'Ruge-Stüben AMG',
  'amg-aggregation': 'smoothed aggregation AMG',
  'polynomial': 'polynomial from traces',
  'adaptive-polynomial': 'adaptive polynomial',
  'chebyshev': 'Chebyshev',
  'shifted-laplacian': 'shifted Laplacian',
  'imported': 'the imported factor',
}

/** 'CG + IC(0)', 'Sparse LU', 'Multigrid (Ruge-Stüben AMG)'. */
export function combinationName({ solver, preconditioner }: Combination): string {
  const name = solverNames[solver]
  if (preconditioner === 'none') return name
  return solver === 'multigrid'
    ? `${name} (${preconditionerNames[preconditioner]})`
    : `${name} + ${preconditionerNames[preconditioner]}`
}

const methodIds: Record<Combination['solver'], string> = {
  'cg': 'cg',
  'deflated-cg': 'deflated-cg',
  'minres': 'minres',
  'gmres': 'gmres',
  'flexible-gmres': 'flexible-gmres',
  'bicgstab': 'bicgstab',
  'idr': 'idr',
  'lsqr': 'lsqr',
  'lsmr': 'lsmr',
  'multigrid': 'multigrid',
  'cholesky': 'sparse-cholesky',
  'ldlt': 'sparse-ldlt',
  'lu': 'sparse-lu',
  'qr': 'sparse-qr',
}

/** The run that solves system `system` (counted from 1) by this combination. */
export function proposalOf(combination: Combination, system: number): Proposal {
  const { solver, preconditioner } = combination
  const takesNone = isDirect(combination) || solver === 'lsqr' || solver === 'lsmr'
  return {
    title: combinationName(combination),
    method: methodIds[solver],
    parameters: { ...(system === 1 ? {} : { system }), ...(takesNone ? {} : { preconditioner }) },
  }
}

/** Direct solvers have no iterations to be limited. */
export function isDirect({ solver }: Combination): boolean {
  return solver === 'cholesky' || solver === 'ldlt' || solver === 'lu' || solver === 'qr'
}

export function sameCombination(one: Combination, other: Combination): boolean {
  return one.solver === other.solver && one.preconditioner === other.preconditioner
}

type Preconditioners = readonly Combination['preconditioner'][]

function combine(solver: Combination['solver'], preconditioners: Preconditioners): Combination[] {
  return preconditioners.map((preconditioner) => ({ solver, preconditioner }))
}

const multigrids: Preconditioners = ['amg-classical', 'amg-aggregation']

/** Every combination that may solve a matrix like this; none is left out because it looks slow. */
export function combinationsFor(facts: MatrixFacts): Combination[] {
  if (facts.rows !== facts.columns)
    return [
      ...(facts.rows > facts.columns ? combine('qr', ['none']) : []),
      ...combine('lsqr', ['none']),
      ...combine('lsmr', ['none']),
    ]
  switch (facts.definiteness) {
    case 'positive':
    case 'positive-likely':
    case 'semidefinite':
      return [
        ...combine('cg', ['none', 'jacobi', 'ssor', 'ic0', ...multigrids, 'polynomial', 'chebyshev']),
        ...combine('deflated-cg', ['ic0']),
        ...combine('minres', ['none']),
        ...combine('multigrid', multigrids),
        ...combine('cholesky', ['none']),
        ...combine('lu', ['none']),
      ]
    case 'indefinite':
    case 'negative':
      return [
        ...combine('minres', ['none']),
        ...combine('gmres', ['none', 'jacobi', 'ilu0', 'ilut']),
        ...combine('idr', ['none', 'ilu0']),
        ...combine('ldlt', ['none']),
        ...combine('lu', ['none']),
      ]
    case 'not-hermitian':
      return [
        ...combine('gmres', ['none', 'jacobi', 'ilu0', 'ilut', 'amg-classical']),
        ...(facts.complex ? combine('gmres', ['shifted-laplacian']) : []),
        ...combine('bicgstab', ['jacobi', 'ilu0', 'ilut']),
        ...combine('idr', ['none', 'ilu0', 'ilut']),
        ...combine('lu', ['none']),
      ]
  }
}
