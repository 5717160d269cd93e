import type { Axis } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import type { AxisText } from '../charts/series'

/** Where the bands of a spectrum lie in a chart: over all bands of the scene, so that left-out ones are gaps. */
export interface BandPositions {
  title: AxisText
  /** Wavelengths where they are known, else band numbers counted from 0; rising. */
  x: Float64Array
  /** Row of the array at every x; -1 where the run left the band out. */
  rows: Int32Array
  /** Band of the scene at every x; -1 where it is not known which. */
  bands: Int32Array
}

/** Places the rows of spectra among the bands of the scene they were made from. */
export function bandPositions(own: Axis | null, size: number, dataset: Dataset | null): BandPositions {
  const scene = dataset?.axes.find(({ name }) => name === 'band') ?? null
  const kept = scene === null ? null : keptBands(own, size, scene, dataset?.goodBands ?? null)
  if (scene === null || kept === null) {
    const places = Array.from({ length: size }, (_, row) => ({ row, band: -1, number: row }))
    return inOrder(places, own)
  }
  const rows = new Map(kept.map((band, row) => [band, row]))
  const places = Array.from({ length: scene.size }, (_, band) => ({
    row: rows.get(band) ?? -1,
    band,
    number: band,
  }))
  return inOrder(places, scene)
}

/** Sensors whose wavelengths overlap are sorted. */
function inOrder(
  places: readonly { row: number; band: number; number: number }[],
  axis: Axis | null,
): BandPositions {
  const wavelengths = axis?.coordinates ?? null
  const x = (place: { number: number }) => wavelengths?.[place.number] ?? place.number
  const sorted = places.toSorted((one, other) => x(one) - x(other))
  const named = wavelengths !== null && (axis?.unit ?? null) !== null
  return {
    title: named ? { name: 'Wavelength', unit: axis?.unit ?? null } : { name: 'Band', unit: null },
    x: Float64Array.from(sorted, x),
    rows: Int32Array.from(sorted, ({ row }) => row),
    bands: Int32Array.from(sorted, ({ band }) => band),
  }
}

/**
 * Bands of the scene that the rows of an array are; null where they are none of them. The array's own coordinates
 * say it: wavelengths of the scene, or band numbers where the scene has no wavelengths.
 */
function keptBands(
  own: Axis | null,
  size: number,
  scene: Axis,
  goodBands: readonly boolean[] | null,
): number[] | null {
  if (size === scene.size) return Array.from({ length: size }, (_, band) => band)
  const coordinates = own?.coordinates ?? null
  if (coordinates?.length === size) {
    const known = scene.coordinates ?? Array.from({ length: scene.size }, (_, band) => band)
    const kept: number[] = []
    // Both run in the order of the sensor, which may hold a wavelength twice.
    let from = 0
    for (const coordinate of coordinates) {
      const band = known.indexOf(coordinate, from)
      if (band < 0) return null
      kept.push(band)
      from = band + 1
    }
    return kept
  }
  const good = goodBands?.flatMap((isGood, band) => (isGood ? [band] : [])) ?? []
  return good.length === size ? good : null
}

/** One spectrum of a (bands, p) array over all positions, NaN where its band was left out. */
export function spectrumAt(
  places: Int32Array,
  values: ArrayLike<number>,
  columns: number,
  column: number,
): Float64Array {
  return Float64Array.from(places, (row) =>
    row < 0 ? Number.NaN : (values[row * columns + column] ?? Number.NaN),
  )
}
