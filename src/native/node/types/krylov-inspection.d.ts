import type { ArraySource, Context, Info } from './common'
import type { SystemInput } from './krylov'

/**
 * Everything that can be said of a matrix without solving its system. Writes `rowLengths.npy` (bar): rows by the number
 * of their entries, `rowLengthStep` of them to a bar. Warnings: definiteness and condition in words.
 * Figures: those of `matrixFacts` that are finite, profile, choleskyWorks, lowestRitz, highestRitz, conditionLanczos,
 * conditionOneNorm, each where it could be found.
 */
export function inspectMatrix(system: SystemInput, index: number, context: Context): Promise<Info>

export interface TimeStepsInput {
  /** The stiffness matrix and the source. */
  system: SystemInput
  /** (entry), in the pattern of the stiffness matrix. */
  mass: ArraySource
  /** (row). */
  initialState: ArraySource
  /** Lengths of the grid of the unknowns, or their number alone. */
  grid: number[]
}

export interface TimeStepsParams {
  scheme: 'implicit-euler' | 'crank-nicolson' | 'newmark'
  timeStep: number
  steps: number
  /** States that are kept besides the first. */
  frames: number
  preconditioner: 'jacobi' | 'incomplete-cholesky' | 'multigrid'
  tolerance: number
}

/**
 * Moves a state through time. Writes `field.npy` (frame, …), the grid behind the frames. Figures: steps, iterationsPerStep, largestResidual,
 * energyAtStart, energyAtEnd. Trace columns: time, solver iterations, true residual, energy, integral.
 */
export function timeSteps(input: TimeStepsInput, params: TimeStepsParams, context: Context): Promise<Info>
