import { Matrix, QrDecomposition } from 'ml-matrix'

/**
 * min ‖y − M a‖ subject to a ≥ 0 and Σ a = 1, by trying every set of endmembers that may be present: the exact
 * answer without any iteration or tolerance, for a handful of endmembers. On a set of endmembers the sum is
 * put in by elimination and the rest solved by QR, which does not square the condition number.
 *
 * @param endmembers (bands, p)
 */
export function simplexLeastSquares(endmembers: Matrix, pixel: readonly number[]): Float64Array {
  const count = endmembers.columns
  let best = new Float64Array(count)
  let least = Number.POSITIVE_INFINITY
  for (let subset = 1; subset < 2 ** count; subset += 1) {
    const present = Array.from({ length: count }, (_, index) => index).filter(
      (index) => (subset >> index) & 1,
    )
    const shares = affineLeastSquares(endmembers, present, pixel)
    if (shares.some((share) => share < 0)) continue
    const abundances = new Float64Array(count)
    present.forEach((index, position) => {
      abundances[index] = shares[position] ?? 0
    })
    const error = squaredError(endmembers, abundances, pixel)
    if (error < least) {
      least = error
      best = abundances
    }
  }
  return best
}

/** The shares of the present endmembers that sum to one and fit best, of whatever sign. */
function affineLeastSquares(
  endmembers: Matrix,
  present: readonly number[],
  pixel: readonly number[],
): number[] {
  const last = present[present.length - 1] ?? 0
  const others = present.slice(0, -1)
  if (others.length === 0) return [1]
  const origin = endmembers.getColumn(last)
  const directions = new Matrix(
    origin.map((base, band) => others.map((index) => endmembers.get(band, index) - base)),
  )
  const target = Matrix.columnVector(origin.map((base, band) => (pixel[band] ?? 0) - base))
  const shares = new QrDecomposition(directions).solve(target).to1DArray()
  return [...shares, 1 - shares.reduce((sum, share) => sum + share, 0)]
}

function squaredError(endmembers: Matrix, abundances: Float64Array, pixel: readonly number[]): number {
  let error = 0
  for (let band = 0; band < endmembers.rows; band += 1) {
    let mixed = 0
    for (let index = 0; index < endmembers.columns; index += 1) {
      mixed += endmembers.get(band, index) * (abundances[index] ?? 0)
    }
    error += ((pixel[band] ?? 0) - mixed) ** 2
  }
  return error
}
