import { Matrix, solve } from 'ml-matrix'
import { elementAt, type StridedView } from './strided-view'

/** How the pixels of a scene were put into one axis: MATLAB's own order (column by column), or row by row. */
export const pixelOrders = ['column-major', 'row-major'] as const
export type PixelOrder = (typeof pixelOrders)[number]

/** Strides of line and sample, in pixels. */
export function pixelStrides(
  order: PixelOrder,
  lines: number,
  samples: number,
): [line: number, sample: number] {
  return order === 'column-major' ? [1, lines] : [samples, 1]
}

/** Most pixels and bands that are looked at to tell orders apart. */
const mostPixels = 2_500
const mostBands = 12
/** Only a clearly better order overrules MATLAB's own. */
const clearlyBetter = 0.8

function everySo(size: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(size / most))
  return Array.from({ length: Math.ceil(size / step) }, (_, index) => index * step)
}

/**
 * Mean absolute difference of neighbouring pixels over that of pixels anywhere, in the middle band: near 0
 * for a picture, near 1 for shuffled pixels. Differences along both directions count.
 */
export function roughness(cube: StridedView): number {
  const [lines, samples, bands] = cube.shape
  const band = Math.floor(bands / 2)
  let near = 0
  let far = 0
  for (const line of everySo(lines - 1, 512)) {
    for (const sample of everySo(samples - 1, 512)) {
      const here = elementAt(cube, line, sample, band)
      const differences =
        Math.abs(elementAt(cube, line + 1, sample, band) - here) +
        Math.abs(elementAt(cube, line, sample + 1, band) - here)
      const other = elementAt(cube, (line * 7919 + 13) % lines, (sample * 104_729 + 7) % samples, band)
      const distance = 2 * Math.abs(other - here)
      if (!Number.isFinite(differences + distance)) continue
      near += differences
      far += distance
    }
  }
  return far > 0 ? near / far : 1
}

/**
 * Share of the variation of the cube's unit-length spectra that no mixture of the abundance maps explains (relative residual of a
 * least-squares fit of some bands on the maps): small where cube and maps have the same orientation.
 * Null where it cannot be computed.
 * @param maps (lines, samples, p)
 */
export function misfit(cube: StridedView, maps: StridedView): number | null {
  const [lines, samples, bands] = cube.shape
  const materials = maps.shape[2]
  const bandsUsed = everySo(bands, mostBands)
  const design: number[][] = []
  const target: number[][] = []
  for (const pixel of everySo(lines * samples, mostPixels)) {
    const line = Math.floor(pixel / samples)
    const sample = pixel % samples
    const shares = Array.from({ length: materials }, (_, k) => elementAt(maps, line, sample, k))
    // To unit length: brightness differs within a material and tells nothing of the maps.
    const stored = bandsUsed.map((band) => elementAt(cube, line, sample, band))
    const length = Math.hypot(...stored)
    const spectrum = stored.map((value) => value / length)
    if (![...shares, ...spectrum].every(Number.isFinite)) continue
    design.push(shares)
    target.push(spectrum)
  }
  if (design.length <= materials) return null
  const maps2 = new Matrix(design)
  const bands2 = new Matrix(target)
  const gram = maps2.transpose().mmul(maps2)
  // A trace of ridge: maps may be zero or linearly dependent.
  const ridge = Matrix.eye(materials).mul(1e-9 * (gram.trace() + 1))
  const fit = maps2.mmul(solve(gram.add(ridge), maps2.transpose().mmul(bands2)))
  const centred = bands2.clone().subRowVector(bands2.mean('column'))
  const variation = centred.norm('frobenius')
  return variation > 0 ? Matrix.sub(bands2, fit).norm('frobenius') / variation : null
}

/** What was found out about the order of the pixels. */
export interface PixelOrderEvidence {
  order: PixelOrder
  /** How it was told, as a sentence. */
  reason: string
}

/**
 * Tells the order of the pixels from the numbers: by known abundance maps where there are any, else by
 * which order makes a smooth picture. A square scene looks equally smooth both ways (one is the other
 * transposed), so MATLAB's own order stands.
 */
export function guessPixelOrder(
  cubeIn: (order: PixelOrder) => StridedView,
  maps: StridedView | null,
): PixelOrderEvidence {
  const [lines, samples] = cubeIn('column-major').shape
  if (maps !== null) {
    const columns = misfit(cubeIn('column-major'), maps)
    const rows = misfit(cubeIn('row-major'), maps)
    if (columns !== null && rows !== null) {
      const order = rows < clearlyBetter * columns ? 'row-major' : 'column-major'
      return {
        order,
        reason: `checked against the abundance maps: they leave ${percent(order === 'row-major' ? rows : columns)} of the variation unexplained this way, ${percent(order === 'row-major' ? columns : rows)} the other way`,
      }
    }
  }
  if (lines === samples) {
    return {
      order: 'column-major',
      reason: 'as MATLAB stores it; in a square scene the numbers cannot tell, so look at the picture',
    }
  }
  const rows = roughness(cubeIn('row-major'))
  const columns = roughness(cubeIn('column-major'))
  return rows < clearlyBetter * columns
    ? { order: 'row-major', reason: 'row by row gives a clearly smoother picture' }
    : {
        order: 'column-major',
        reason: 'as MATLAB stores it, and the picture is as smooth as the other way or smoother',
      }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}
