/** A model of a pixel brought to the pixel's own scale. */
export interface FittedModel {
  /** One value a band, NaN where either is not known. */
  values: Float64Array
  factor: number
  offset: number
}

/**
 * Brings a model to the scale of a pixel by least squares: by a factor, and by an offset too where the run shifted
 * its pixels. Endmembers are on the scale of the prepared pixels, the spectrum of the scene is not.
 */
export function fitToPixel(pixel: Float64Array, model: Float64Array, withOffset: boolean): FittedModel {
  let count = 0
  let sumModel = 0
  let sumPixel = 0
  let squares = 0
  let products = 0
  for (let band = 0; band < pixel.length; band += 1) {
    const one = model[band] ?? Number.NaN
    const other = pixel[band] ?? Number.NaN
    if (!Number.isFinite(one + other)) continue
    count += 1
    sumModel += one
    sumPixel += other
    squares += one * one
    products += one * other
  }
  const means = withOffset && count > 1 ? [sumModel / count, sumPixel / count] : [0, 0]
  const [meanModel = 0, meanPixel = 0] = means
  const spread = squares - count * meanModel * meanModel
  const factor = spread > 0 ? (products - count * meanModel * meanPixel) / spread : 0
  const offset = meanPixel - factor * meanModel
  return { values: model.map((value) => value * factor + offset), factor, offset }
}

/** Sum of the columns of a (bands, p) array, each with its weight. */
export function mixture(values: ArrayLike<number>, weights: readonly number[], bands: number): Float64Array {
  const count = weights.length
  return Float64Array.from({ length: bands }, (_, band) =>
    weights.reduce((sum, weight, column) => sum + weight * (values[band * count + column] ?? Number.NaN), 0),
  )
}
