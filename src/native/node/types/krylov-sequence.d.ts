import type { Context, Info } from './common'
import type { PreconditionerParams, SystemInput } from './krylov'

export interface SolveSequenceParams {
  /** Of the recomputed residual, relative to the right-hand side. */
  relativeTolerance: number
  /** Of one system. */
  maxIterations: number
  /** Steps of GMRES between two restarts. */
  restart: number
  /** Vectors of a cycle of GCRO-DR, and how many of them are kept. */
  cycle: number
  recycled: number
  /** Of GMRES, of GCRO-DR and of recycling CG. */
  preconditioner: PreconditionerParams
  /** What takes part. */
  gmres: boolean
  unsorted: boolean
  sorted: boolean
  conjugate: boolean
  direct: boolean
  multigrid: boolean
}

/**
 * Solves a sequence in every way that takes part, in the order GMRES, GCRO-DR, GCRO-DR sorted
 * (SKR), recycling CG (in the order of SKR, where that takes part), sparse LU, AMG-CG.
 * Writes `methods.npy` (method; iterations, products, milliseconds, milliseconds of set-up, all of these a system; seconds
 * in all, largest residual, systems missed, times fewer iterations and times less time than GMRES), `iterations.npy` and
 * `seconds.npy` (system, method), `order.npy` (place; number of the system) where there are parameters, and `solutions.npy`
 * (system, row), or (part, system, row) where the systems are complex.
 * Figures, of the last GCRO-DR that took part: trueResidual (the largest), totalSeconds, iterationsPerSystem,
 * fewerIterations, lessTime.
 * Trace columns: system, iterations, seconds, trueResidual.
 */
export function solveSequence(
  system: SystemInput,
  params: SolveSequenceParams,
  context: Context,
): Promise<Info>

/**
 * Measures the product with the first matrix beside a plain copy of memory, in turn, best of `rounds`. Writes nothing.
 * Figures: productBytesPerSecond, copyBytesPerSecond, shareOfCopy, productSeconds.
 */
export function matrixBandwidth(system: SystemInput, rounds: number, context: Context): Promise<Info>
