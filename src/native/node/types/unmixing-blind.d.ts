import type { ArraySource, Context, Info } from './common'
import type { CubeInput } from './unmixing'

/** The term α Σ a^q. */
export interface NmfSparsity {
  /**
   * q: 1, 1/2, or 1 − h with a map h of how alike a pixel and its neighbours are, or of the sparseness of the
   * pixel's own abundances.
   */
  exponent: 'one' | 'half' | 'guided-by-data' | 'guided-by-abundances'
  /** α, relative to the mean energy of a pixel; null estimates it from the sparseness of the bands. */
  weight: number | null
}

/** The term (λ/2)·tr(A·L·Aᵀ) over a graph of the pixels. */
export interface NmfGraph {
  /** λ, relative to the mean energy of a pixel. */
  weight: number
  /** Side of the square window in which spectrally similar neighbours are looked for; odd. */
  window: number
  /** Neighbours joined to a pixel within its window. */
  neighbours: number
  /** σ of the heat kernel exp(−‖yᵢ − yⱼ‖²/σ), relative to the mean squared distance of candidate pairs. */
  kernelWidth: number
}

/** How the residual of a band, r_b, counts. */
export interface NmfLoss {
  /** ½‖r_b‖², σ²(1 − exp(−‖r_b‖²/2σ²)), or a multiple of ‖r_b‖. */
  name: 'squares' | 'correntropy' | 'lengths'
  /** σ of the correntropy, in medians of ‖r_b‖; the others do not use it. */
  kernelWidth: number
}

/** What a factorisation minimises over M, A ≥ 0, and how long it tries. */
export interface NmfParams {
  endmembers: number
  /** Multiplicative updates, or exact ones of one component after the other (HALS; not with a bent sparsity). */
  updates: 'multiplicative' | 'hals'
  loss: NmfLoss
  /** δ of (δ²/2)‖1 − 1ᵀA‖², relative to the root mean energy of a pixel. */
  sumToOneWeight: number
  sparsity: NmfSparsity | null
  graph: NmfGraph | null
  /** Weight of log det(MᵀM + τI) relative to the residual of the start; needs HALS. */
  volumeWeight: number | null
  maxIterations: number
  /** Stop when the relative decrease of the objective over ten iterations is below this. */
  tolerance: number
  /** VCA starts tried when no start is given; the one with the lowest FCLS residual is kept. */
  restarts: number
}

/**
 * Non-negative matrix factorisation of a cube, Y ≈ MA.
 * `start` (bands, p) gives the first endmembers, its values below zero raised to zero with a warning; null starts
 * from VCA + FCLS, for robust losses from the bands that the others explain.
 * Writes what `fcls` does, `positions.npy` where VCA started it, `bandWeights.npy` (bands) for a robust loss, and
 * `guidance.npy` (lines, samples) for a guided sparsity.
 * Trace columns: objective, dataTerm, sumToOneTerm, then sparsityTerm, graphTerm, volumeTerm as far as the model has
 * them, relativeResidual.
 */
export function nmf(
  cube: CubeInput,
  start: ArraySource | null,
  params: NmfParams,
  context: Context,
): Promise<Info>
