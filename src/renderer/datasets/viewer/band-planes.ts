import { FiligreeError } from '../../../shared/failure'
import type { DataArray } from '../../client/data'

/** One band as it is drawn, thinned to at most the side that was asked for. */
export interface BandPlane {
  values: Float32Array
  lines: number
  samples: number
}

/** Splits a (bands, lines, samples) answer into its bands, without copying. */
export function bandPlanes(array: DataArray): BandPlane[] {
  const [bands, lines, samples] = array.shape
  const { values } = array
  if (
    bands === undefined ||
    lines === undefined ||
    samples === undefined ||
    !(values instanceof Float32Array)
  ) {
    throw new FiligreeError('internal', 'The bands came in a shape that can not be drawn.')
  }
  const size = lines * samples
  return Array.from({ length: bands }, (_, band) => ({
    values: values.subarray(band * size, (band + 1) * size),
    lines,
    samples,
  }))
}
