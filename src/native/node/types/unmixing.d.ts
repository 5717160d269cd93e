import type { ArraySource, Context, Info } from './common'

/** How pixels are scaled before a method sees them; spectra given as input are scaled the same way. */
export type Normalisation = 'none' | 'unit-length' | 'min-max' | 'min-max-unit-length' | 'brightness'

/** A cube (lines, samples, bands) with the preparation a run records. */
export interface CubeInput {
  source: ArraySource
  /** Factor that turns stored numbers into physical ones (ENVI `reflectance scale factor`, inverted); 1 where there is none. */
  scale: number
  /** Zero-based bands to keep, rising; null keeps all. Outputs keep the length of the kept bands. */
  bands: number[] | null
  normalisation: Normalisation
  /** Stored value that marks a pixel without data; null where there is none. Such pixels are always left out. */
  noDataValue: number | null
  /** What to do with a pixel that holds NaN or infinity: stop with a message that says where, or leave it out (its outputs are NaN). */
  invalidPixels: 'refuse' | 'skip'
  /** What a method that needs non-negative data does with negative values. VCA and FCLS keep them as they are. */
  negativeValues: 'refuse' | 'clip'
  /** Spectra given with the cube went through a stretch to 0 … 1 already, and must not again. */
  spectraScaled: boolean
}

export interface VcaParams {
  /** p, 2 to 64 and at most the number of kept bands. */
  endmembers: number
  /** Signal-to-noise ratio in dB that chooses the projection; null estimates it from the data. */
  snr: number | null
}

export interface FclsParams {
  /** Largest KKT violation, relative, at which a pixel counts as solved. */
  tolerance: number
}

export interface SyntheticSceneParams {
  lines: number
  samples: number
  bands: number
  endmembers: number
  /** Signal-to-noise ratio in dB; null adds no noise. */
  snr: number | null
  /** Largest abundance a pixel may have; 1 allows pure pixels. */
  purityCap: number
  /** Correlation length of the abundance fields in pixels. */
  smoothness: number
  /** How peaked the abundances are: larger means nearer to one material a pixel. */
  contrast: number
  /** Bands replaced by noise. */
  corruptedBands: number
  /** Half-width of the uniform brightness factor of a pixel: 0.2 gives 0.8 to 1.2. */
  illumination: number
  dtype: 'float32' | 'float64'
}

/**
 * Vertex component analysis (Nascimento & Bioucas-Dias 2005).
 * Writes `endmembers.npy` (bands, p), `positions.npy` (p, 2) int32: line and sample of every picked pixel, and the
 * plane of the pixels: `projection.npy` (components, lines', samples'; float32) with at most 250,000 pixels, every
 * s-th line and sample, and `simplex.npy` (p, components).
 * Trace columns: none.
 */
export function vca(cube: CubeInput, params: VcaParams, context: Context): Promise<Info>

/**
 * Fully constrained least squares: for every pixel min ½‖y − Ma‖², a ≥ 0, Σa = 1, exactly (active set).
 * `endmembers` is (bands, p), with the bands of the whole cube or of the kept ones.
 * Writes `endmembers.npy` (bands, p; as used, after scaling), `abundances.npy` (p, lines, samples),
 * `residual.npy` (lines, samples; root mean square over the bands), `residualSpectrum.npy` (bands; root mean square
 * over the pixels), and the plane of the pixels as `vca` does.
 * Trace columns: none.
 */
export function fcls(
  cube: CubeInput,
  endmembers: ArraySource,
  params: FclsParams,
  context: Context,
): Promise<Info>

/**
 * A synthetic scene with its truth. Writes `cube.npy` (lines, samples, bands), `endmembers.npy` (bands, p),
 * `abundances.npy` (p, lines, samples), `wavelengths.npy` (bands; micrometres), `corrupted.npy` (bands; bool).
 */
export function syntheticScene(params: SyntheticSceneParams, context: Context): Promise<Info>

/**
 * Mean squared difference of every truth map with every estimated map, over the pixels where both are
 * finite: result[i][j] for truth i, estimate j. Both arrays are (p, lines, samples).
 */
export function mapDistances(truth: ArraySource, estimate: ArraySource, threads: number): Promise<number[][]>
