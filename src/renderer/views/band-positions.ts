import type { Axis } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import { keptBandsOf } from '../../shared/kept-bands'
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
  const kept = scene === null ? null : keptBandsOf(own, size, scene, dataset?.goodBands ?? null)
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
