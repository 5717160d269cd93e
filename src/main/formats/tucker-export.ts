import { elementCount } from '../../shared/array'
import { thinning } from '../../shared/tensor-slice'
import { readRows, readWhole } from './array-reader'
import { npyHeader } from './npy'
import type { FilePieces } from './tensor-export'
import { contracted, requireTucker, type TuckerSource } from './tucker-slice'

/** Entries multiplied out at once. */
const entriesAtOnce = 2 ** 20

/**
 * What core and factors make together as .npy (float64, C order), a few entries of the first mode at a time. No mode
 * is longer than `most`: of longer ones every n-th entry is taken, the first included.
 */
export async function* tuckerNpy({ core, factors, offset }: TuckerSource, most: number): FilePieces {
  requireTucker(core, factors)
  const rows = factors.map(({ shape }) => {
    const { step, count } = thinning(shape[0] ?? 0, most)
    return Array.from({ length: count }, (_, index) => index * step)
  })
  const shape = rows.map(({ length }) => length)
  const matrices = await Promise.all(factors.map((factor, mode) => readRows(factor, rows[mode] ?? [])))
  const whole = await readWhole(core)
  yield npyHeader('float64', shape)
  const [first = 1, ...rest] = shape
  const rank = core.shape[0] ?? 1
  const restCount = elementCount(rest)
  const together = Math.max(1, Math.floor(entriesAtOnce / restCount))
  for (let start = 0; start < first; start += together) {
    const out = new Float64Array(Math.min(together, first - start) * restCount)
    for (let at = start; at < Math.min(first, start + together); at += 1) {
      const weights = matrices[0]?.subarray(at * rank, (at + 1) * rank) ?? new Float64Array()
      let block = contracted(whole.values, core.shape, 0, weights)
      for (let mode = 0; mode < rest.length; mode += 1) {
        block = expanded(block.values, block.shape, mode, matrices[mode + 1] ?? new Float64Array())
      }
      out.set(block.values, (at - start) * restCount)
    }
    for (let at = 0; at < out.length; at += 1) out[at] = (out[at] ?? 0) + offset
    yield new Uint8Array(out.buffer)
  }
}

/** The array (C order) multiplied along one mode with a matrix (entry, component). */
function expanded(
  values: Float64Array,
  shape: readonly number[],
  mode: number,
  matrix: Float64Array,
): { values: Float64Array<ArrayBuffer>; shape: number[] } {
  const rank = shape[mode] ?? 1
  const size = matrix.length / rank
  const before = elementCount(shape.slice(0, mode))
  const after = elementCount(shape.slice(mode + 1))
  const out = new Float64Array(before * size * after)
  for (let outer = 0; outer < before; outer += 1) {
    for (let entry = 0; entry < size; entry += 1) {
      const to = (outer * size + entry) * after
      for (let component = 0; component < rank; component += 1) {
        const weight = matrix[entry * rank + component] ?? 0
        const from = (outer * rank + component) * after
        for (let inner = 0; inner < after; inner += 1) {
          out[to + inner] = (out[to + inner] ?? 0) + weight * (values[from + inner] ?? 0)
        }
      }
    }
  }
  return { values: out, shape: shape.map((length, axis) => (axis === mode ? size : length)) }
}
