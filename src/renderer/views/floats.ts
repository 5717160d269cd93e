import type { DataArray } from '../client/data'

/** The numbers of an array as floats: as they are where they are floats, converted otherwise. */
export function floats(array: DataArray): Float32Array | Float64Array {
  const { values } = array
  return values instanceof Float32Array || values instanceof Float64Array ? values : Float64Array.from(values)
}
