import type { ArraySource, Context, Info } from './common'

/** Sparse linear systems in files: one, or a sequence of one size whose entries lie one system after the other. */
export interface SystemInput {
  /** (entry), float64 or complex128, ordered by row and by column. */
  values: ArraySource
  /** (row + 1) or (system, row + 1), counted from the first entry of all. */
  rowPointers: ArraySource
  /** (entry), zero-based. */
  columnIndices: ArraySource
  columns: number
  /** (row) or (system, row); null where there is none. */
  rightHandSide: ArraySource | null
  /** (column) or (system, column); null where it is not known. */
  knownSolution: ArraySource | null
  /** (column, vector); null where there is none. */
  nearNullSpace: ArraySource | null
  /** (system, parameter); null where there are none. */
  parameters: ArraySource | null
}

/**
 * Looks at the entries of a matrix; `stopMessage` is its definiteness in a word: positive, positive-likely, semidefinite,
 * indefinite, negative or not-hermitian. Writes nothing.
 * Figures: those of `MatrixFacts`, complex (1 where it is), memoryBytes.
 */
export function matrixFacts(system: SystemInput, index: number, context: Context): Promise<Info>

/** A preconditioner, and what each kind can be told; the others make no use of it. */
export interface PreconditionerParams {
  kind:
    | 'none'
    | 'jacobi'
    | 'ssor'
    | 'ic0'
    | 'ilu0'
    | 'ilut'
    | 'amg-classical'
    | 'amg-aggregation'
    | 'polynomial'
    | 'adaptive-polynomial'
    | 'chebyshev'
    | 'shifted-laplacian'
    | 'imported'
  /** ω of SSOR. */
  relaxation: number
  /** First shift of IC(0), a share of the diagonal. */
  shift: number
  /** Threshold of ILUT, a share of the row. */
  dropTolerance: number
  /** Entries that ILUT keeps a row of each factor. */
  fill: number
  cycle: 'v' | 'w' | 'f'
  smoother: 'gauss-seidel' | 'jacobi' | 'l1-jacobi' | 'chebyshev'
  sweeps: number
  /** Strength of a connection; null is the coarsening's own. */
  strength: number | null
  /** Of polynomials. */
  degree: number
  /** β of the shifted Laplacian. */
  imaginaryShift: number
  /** A pivot of nought in ILU is replaced and told, rather than refused. */
  replaceZeroPivots: boolean
}

export interface SolveSystemParams {
  /** Counted from zero. */
  system: number
  rightHandSide: 'automatic' | 'given' | 'ones' | 'random' | 'manufactured'
  solver:
    | 'cg'
    | 'deflated-cg'
    | 'minres'
    | 'gmres'
    | 'flexible-gmres'
    | 'bicgstab'
    | 'idr'
    | 'lsqr'
    | 'lsmr'
    | 'multigrid'
    | 'cholesky'
    | 'ldlt'
    | 'lu'
    | 'qr'
  /** Of the recomputed residual, relative to the right-hand side. */
  relativeTolerance: number
  maxIterations: number
  /** Iterations between two recomputed residuals; 0: at restarts and at the end alone. */
  residualInterval: number
  restart: number
  /** s of IDR(s). */
  shadowDimension: number
  /** Subdomains whose indicator vectors deflated CG projects out; 0 takes the near-null space that came with the matrix. */
  deflationVectors: number
  preconditioner: PreconditionerParams
  /** Shape that the solution is written in; its product is the number of columns. */
  shape: number[]
}

/**
 * Solves one system. `factor` is the imported preconditioner: L, or a sequence of L and U. Writes `solution.npy` (part, …shape) or (…shape), `error.npy` where the solution is known,
 * `ritzValues.npy` and `harmonicRitzValues.npy` (value; real, imaginary part), `hierarchy.npy` (level; rows, entries,
 * entries a row, rows of the finer level a row).
 * Figures: trueResidual, recurredResidual, setupSeconds, solveSeconds, totalSeconds, matrixProducts, memoryBytes,
 * relativeError where the solution is known; normalResidual (‖Aᴴr‖/(‖A‖‖r‖), recomputed) of LSQR, LSMR and QR; operatorComplexity, gridComplexity and levels of multigrid; fill of factors;
 * ritzValues and harmonicRitzValues, how many there are; conditionEstimate of CG and MINRES, from the Ritz values.
 * Trace columns: trueResidual, recurredResidual, preconditionedResidual; direct solvers have none.
 */
export function solveSystem(
  system: SystemInput,
  factor: SystemInput | null,
  params: SolveSystemParams,
  context: Context,
): Promise<Info>
