import type { ArraySource, Context, Info } from './common'
import type { CubeInput, SyntheticSceneParams } from './unmixing'

export interface SunsalParams {
  /** λ, weight of the sum of abundances. */
  sparsity: number
  sumToOne: boolean
  algorithm: 'active-set' | 'admm'
  /** Tolerance and iterations of `admm`. */
  tolerance: number
  maxIterations: number
}

/** Sparse unmixing with a library (bands, p): writes the files of a mixture and `active.npy`. */
export function sunsal(
  cube: CubeInput,
  library: ArraySource,
  params: SunsalParams,
  context: Context,
): Promise<Info>

export interface CollaborativeParams {
  /** λ, weight of the lengths of the rows. */
  sparsity: number
  tolerance: number
  maxIterations: number
}

/** Unmixing with a library where a spectrum is used by the whole scene or not at all. Trace: change, active rows. */
export function collaborative(
  cube: CubeInput,
  library: ArraySource,
  params: CollaborativeParams,
  context: Context,
): Promise<Info>

export interface TotalVariationParams {
  sparsity: number
  /** λ_TV. */
  variationWeight: number
  isotropic: boolean
  tolerance: number
  maxIterations: number
}

/** Unmixing with a library and total variation of the maps. Trace: split. */
export function totalVariation(
  cube: CubeInput,
  library: ArraySource,
  params: TotalVariationParams,
  context: Context,
): Promise<Info>

export interface MultiscaleParams {
  coarseSparsity: number
  sparsity: number
  spatialWeight: number
  superpixelSize: number
  compactness: number
}

/** Unmixing of superpixels, then of pixels; writes `superpixels.npy` too. */
export function multiscale(
  cube: CubeInput,
  library: ArraySource,
  params: MultiscaleParams,
  context: Context,
): Promise<Info>

export interface LambdaPathParams {
  steps: number
  smallestShare: number
}

/** True abundance maps (truth, lines, samples), and the spectrum of the library each one belongs to. */
export interface KnownAbundances {
  maps: ArraySource
  spectra: number[]
}

/**
 * SUnSAL for falling sparsities: `lambda.npy`, `residuals.npy`, `supports.npy`, `sums.npy`, and `sre.npy` where true
 * abundances are known.
 */
export function lambdaPath(
  cube: CubeInput,
  library: ArraySource,
  known: KnownAbundances | null,
  params: LambdaPathParams,
  context: Context,
): Promise<Info>

/** Keeps spectra at least `angle` degrees apart: `spectra.npy`, `kept.npy`, `nearest.npy`. */
export function pruneLibrary(library: ArraySource, angle: number, context: Context): Promise<Info>

/**
 * A scene of spectra of a library (bands, spectra) with its truth: `cube.npy`, `endmembers.npy`, `abundances.npy` as
 * `syntheticScene` writes them, and `kept.npy` (p), the numbers of its spectra. Without `spectra`, `scene.endmembers`
 * are drawn; `scene.bands` does not count. Given `abundances` (materials, lines, samples) are mixed as they are and bring
 * their own size.
 */
export function libraryScene(
  library: ArraySource,
  spectra: number[],
  abundances: ArraySource | null,
  scene: SyntheticSceneParams,
  context: Context,
): Promise<Info>

export interface ResampleParams {
  /** Wavelengths of the library's bands, in the unit of the sensor's. */
  library: number[]
  centres: number[]
  widths: number[]
  shape: 'gaussian' | 'linear'
}

/** Brings a library to the bands of a sensor: `spectra.npy`, `kept.npy`. */
export function resampleLibrary(library: ArraySource, params: ResampleParams, context: Context): Promise<Info>

/**
 * [‖X‖², ‖X − X̂‖²] of true and estimated maps; `partners` gives each true map its estimate (−1: none). Maps without
 * a partner are held against zero.
 */
export function abundanceErrors(
  truth: ArraySource,
  estimate: ArraySource,
  partners: number[],
  threads: number,
): Promise<[number, number]>
