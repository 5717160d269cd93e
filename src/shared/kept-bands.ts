import type { Axis } from './array'

/**
 * Bands of a scene that the rows of an array are, rising; null where they are none of them. The array's own
 * coordinates say it: wavelengths of the scene, or band numbers where the scene has no wavelengths; without any, the
 * bands that the file calls good.
 *
 * @param own Axis of the rows, where they have one.
 * @param scene Band axis of the scene.
 */
export function keptBandsOf(
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
