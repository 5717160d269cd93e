import type { Dataset } from './dataset'

/** Wavelengths of a natural colour picture in micrometres: red, green, blue. */
const naturalColours = [0.65, 0.55, 0.45] as const

/** Micrometres in one unit of a wavelength axis, by the unit's name. */
const micrometres: Readonly<Record<string, number>> = {
  µm: 1,
  μm: 1,
  um: 1,
  micrometers: 1,
  micrometres: 1,
  nm: 1e-3,
  nanometers: 1e-3,
  nanometres: 1e-3,
}

export interface DisplayBands {
  /** Zero-based: red, green, blue. */
  bands: [number, number, number]
  /** How they were chosen: by the file, by wavelength, or only by their place among the bands. */
  chosenBy: 'file' | 'wavelength' | 'position'
}

/** The bands a cube (line, sample, band) is first shown with. */
export function displayBandsOf(dataset: Pick<Dataset, 'axes' | 'displayBands'>): DisplayBands {
  const axis = dataset.axes[2]
  const count = axis?.size ?? 1
  const proposed = dataset.displayBands
  if (proposed?.every((band) => band >= 0 && band < count) === true) {
    return { bands: proposed, chosenBy: 'file' }
  }
  const natural = bandsByWavelength(dataset, naturalColours, naturalColours[1])
  if (natural !== null) return { bands: natural, chosenBy: 'wavelength' }
  const at = (share: number) => Math.floor(share * (count - 1))
  return { bands: [at(0.5), at(0.3), at(0.1)], chosenBy: 'position' }
}

/**
 * The bands nearest to three wavelengths in micrometres; null where the cube has no wavelengths or they do
 * not reach `needed`, without which the picture would not be what it is called.
 */
export function bandsByWavelength(
  dataset: Pick<Dataset, 'axes'>,
  wanted: readonly [number, number, number],
  needed: number,
): [number, number, number] | null {
  const axis = dataset.axes[2]
  const factor = micrometres[(axis?.unit ?? '').toLowerCase()]
  const wavelengths =
    factor === undefined ? [] : (axis?.coordinates ?? []).map((position) => position * factor)
  if (wavelengths.length === 0 || Math.min(...wavelengths) > needed || Math.max(...wavelengths) < needed) {
    return null
  }
  const [red, green, blue] = wanted
  return [nearest(wavelengths, red), nearest(wavelengths, green), nearest(wavelengths, blue)]
}

function nearest(positions: readonly number[], wanted: number): number {
  return positions.reduce(
    (best, position, index) =>
      Math.abs(position - wanted) < Math.abs((positions[best] ?? Number.POSITIVE_INFINITY) - wanted)
        ? index
        : best,
    0,
  )
}
