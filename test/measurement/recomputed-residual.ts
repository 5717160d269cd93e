import type { MatrixValue } from '../../src/shared/method'
import { readWhole } from '../../src/main/formats'
import type { ArraySource } from '../../src/shared/array'
import { readNpy } from './workspace'

/**
 * ‖b − A x‖ / ‖b‖ of a solution that was written, for a real b (row): computed here, from the files alone, by none of
 * the code that solved.
 */
export async function recomputedResidual(
  { dataset, source, parts }: MatrixValue,
  solutionFile: string,
  rightHandSide: Float64Array,
): Promise<number> {
  const complex = source.dtype.startsWith('complex')
  const values = (await readWhole(complex ? realParts(source) : source)).values
  const rows = (await readWhole(needed(parts['rows']))).values
  const columns = (await readWhole(needed(parts['columns']))).values
  const x = (await readNpy(solutionFile)).values
  const count = dataset.axes[0]?.size ?? 0
  const width = dataset.axes[1]?.size ?? 0
  let square = 0
  for (let row = 0; row < count; row += 1) {
    const real = new DoubledSum(rightHandSide[row] ?? 0)
    const imaginary = new DoubledSum(0)
    for (let entry = rows[row] ?? 0; entry < (rows[row + 1] ?? 0); entry += 1) {
      const column = columns[entry] ?? 0
      const [a, b] = complex ? [values[2 * entry] ?? 0, values[2 * entry + 1] ?? 0] : [values[entry] ?? 0, 0]
      const [c, d] = [x[column] ?? 0, complex ? (x[width + column] ?? 0) : 0]
      real.addProduct(-a, c)
      real.addProduct(b, d)
      imaginary.addProduct(-a, d)
      imaginary.addProduct(-b, c)
    }
    square += real.value() ** 2 + imaginary.value() ** 2
  }
  return Math.sqrt(square / rightHandSide.reduce((sum, value) => sum + value ** 2, 0))
}

/** A sum of products that keeps what rounding takes from it (Dekker 1971 for products, Knuth for sums). */
class DoubledSum {
  #rest = 0

  constructor(private sum: number) {}

  addProduct(a: number, b: number): void {
    const product = a * b
    const [high, low] = halves(a)
    const [otherHigh, otherLow] = halves(b)
    const lost = low * otherLow - (product - high * otherHigh - low * otherHigh - high * otherLow)
    const next = this.sum + product
    const part = next - this.sum
    this.#rest += this.sum - (next - part) + (product - part) + lost
    this.sum = next
  }

  value(): number {
    return this.sum + this.#rest
  }
}

/** A number as the sum of two of half the digits. */
function halves(value: number): [number, number] {
  const scaled = value * (2 ** 27 + 1)
  const high = scaled - (scaled - value)
  return [high, value - high]
}

/** A complex array as a real one with an axis of two more. */
function realParts(source: ArraySource): ArraySource {
  return {
    ...source,
    dtype: 'float64',
    shape: [...source.shape, 2],
    strides: [...source.strides.map((stride) => 2 * stride), 1],
  }
}

function needed(source: ArraySource | undefined): ArraySource {
  if (source === undefined) throw new Error('The matrix has no pattern.')
  return source
}
