import type { ArraySource, Context, Info } from './common'
import type { CubeInput } from './unmixing'

export interface MnfParams {
  /** k, 1 to 512 and at most the number of kept bands. */
  components: number
}

export interface BadBandsParams {
  /** Share of pixels with NaN, infinity or no data at which a band is bad. */
  invalidShare: number
  /** Share of a band's variance that no other band explains, at which it counts as noise. */
  noiseShare: number
}

export interface EndmemberCountParams {
  /** Probability at which HFC takes noise for a signal, for every band; above 0 and below 0.5. */
  falseAlarmRate: number
}

export interface AtgpParams {
  endmembers: number
}

export interface NFindrParams {
  endmembers: number
  /** Random starts tried besides the fixed one; the largest volume is kept. */
  restarts: number
}

export interface PpiParams {
  endmembers: number
  /** Random directions. */
  skewers: number
  /** Smallest spectral angle between two picked pixels, in degrees. */
  separation: number
}

export interface SisalParams {
  endmembers: number
  /** τ, weight of the hinge on negative abundances. */
  hingeWeight: number
  maxIterations: number
  /** Stop when the objective fell by less than this over five iterations. */
  tolerance: number
}

export interface NnlsParams {
  /** δ, relative to the root mean square length of the endmembers; 0 leaves the sum free. */
  sumToOneWeight: number
  tolerance: number
}

/** Noise by band regression. Writes `noise.npy` and `snr.npy` (bands). */
export function noiseEstimate(cube: CubeInput, context: Context): Promise<Info>

/**
 * Maximum noise fraction. Writes `components.npy` (k, lines, samples), `eigenvalues.npy` (bands), `transform.npy`
 * (k, bands), `inverse.npy` (bands, k), `mean.npy` and `noise.npy` (bands).
 */
export function mnf(cube: CubeInput, params: MnfParams, context: Context): Promise<Info>

/**
 * Looks for bad bands in the stored numbers. Writes `bands.npy` (bands, 5): invalid share, share of zeros, standard
 * deviation, unexplained share of the variance, verdict (0 good, 1 invalid, 2 zero, 3 constant, 4 noisy); and
 * `noiseShare.npy` (bands). The stop message holds the list to leave out.
 */
export function badBands(cube: CubeInput, params: BadBandsParams, context: Context): Promise<Info>

/**
 * The number of endmembers in four ways. Writes `estimates.npy` (6, 1), `eigenvalues.npy` (bands, 2), `statistics.npy`
 * (bands, 2), `cost.npy` (bands, 3), `noise.npy` (bands), `learnability.npy` (min(64, bands) − 1, 3).
 */
export function endmemberCount(cube: CubeInput, params: EndmemberCountParams, context: Context): Promise<Info>

/**
 * Automatic target generation process. Writes `endmembers.npy`, `positions.npy`, `projection.npy` and `simplex.npy` as
 * `vca` does.
 */
export function atgp(cube: CubeInput, params: AtgpParams, context: Context): Promise<Info>

/** N-FINDR. Writes what `atgp` does. Trace columns: logVolume, largestLogVolume. */
export function nFindr(cube: CubeInput, params: NFindrParams, context: Context): Promise<Info>

/** Pixel purity index. Writes what `atgp` does, and `purity.npy` (lines, samples). */
export function ppi(cube: CubeInput, params: PpiParams, context: Context): Promise<Info>

/**
 * Simplex identification via split augmented Lagrangian. Writes what `atgp` does without positions.
 * Trace columns: objective, volume, hinge, negativeShare.
 */
export function sisal(cube: CubeInput, params: SisalParams, context: Context): Promise<Info>

/** Endmembers from pixels: line, sample, line, sample … counted from 0. Writes what `atgp` does. */
export function pickedPixels(cube: CubeInput, pixels: number[], context: Context): Promise<Info>

/** Unconstrained least squares. Writes what `fcls` does, and `negativeFraction.npy` (lines, samples). */
export function ucls(cube: CubeInput, endmembers: ArraySource, context: Context): Promise<Info>

/** Non-negative least squares, with a soft sum to one where δ is above 0. Writes what `fcls` does. */
export function nnls(
  cube: CubeInput,
  endmembers: ArraySource,
  params: NnlsParams,
  context: Context,
): Promise<Info>
