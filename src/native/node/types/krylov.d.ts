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
