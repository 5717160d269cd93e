import type { ArraySource, Context, Info } from './common'
import type { CubeInput } from './unmixing'

/** What one repeat of a method left behind. */
export interface Repeat {
  /** (bands, p of this repeat). */
  endmembers: ArraySource
  /** (p of this repeat, lines, samples). */
  abundances: ArraySource
  /** For every component of the result the one of this repeat that belongs to it; −1 where it has none. */
  order: number[]
}

/**
 * Mean and sample standard deviation of repeats of a method whose components were matched before.
 * Writes `endmembers.npy`, `endmembersDeviation.npy` (bands, p), `abundances.npy`, `abundancesDeviation.npy`
 * (p, lines, samples) and `components.npy` (p, 3): repeats it was found in, mean abundance, root mean square deviation
 * of its abundances.
 */
export function joinRepeats(repeats: Repeat[], context: Context): Promise<Info>

/**
 * Writes the pixels of a cube as a method would see them to `pixels.npy`, float64. Without a sample: (bands, lines,
 * samples), NaN in pixels that are left out. With the number of a sample: (1, valid pixels, bands), drawn with
 * replacement from the valid pixels, in the order of the scene.
 */
export function preparedPixels(
  cube: CubeInput,
  nonNegative: boolean,
  sample: number | null,
  context: Context,
): Promise<Info>
