import type { ArrayReference, DType } from '../../shared/array'
import { throwIfCancelled } from './cancellation'
import type { ArraySummariser } from './array-summary'
import { writeNpyThrough } from './npy-writer'
import { allocateReal, type RealArray } from './real-array'

/** Elements written at once. */
const writtenAtOnce = 2 ** 20

/** Numbers in memory seen as a three-dimensional array; strides count elements. */
export interface StridedView {
  values: RealArray
  shape: [number, number, number]
  strides: [number, number, number]
}

/** The element at three indices. */
export function elementAt(view: StridedView, i: number, j: number, k: number): number {
  const [first, second, third] = view.strides
  return view.values[i * first + j * second + k * third] ?? Number.NaN
}

/** The same numbers with their axes in another order: entry `n` of the result is axis `order[n]`. */
export function reordered(view: StridedView, order: readonly [number, number, number]): StridedView {
  const pick = (values: readonly number[]): [number, number, number] => [
    values[order[0]] ?? 0,
    values[order[1]] ?? 0,
    values[order[2]] ?? 0,
  ]
  return { values: view.values, shape: pick(view.shape), strides: pick(view.strides) }
}

/** More bands than this are no maps of materials. */
const mostMaterials = 64

/** Whether every pixel of a (line, sample, band) view sums to one, as abundances do. */
export function looksLikeAbundances(view: StridedView): boolean {
  const [lines, samples, bands] = view.shape
  if (bands > mostMaterials) return false
  for (let line = 0; line < lines; line += 1) {
    for (let sample = 0; sample < samples; sample += 1) {
      let sum = 0
      for (let band = 0; band < bands; band += 1) sum += elementAt(view, line, sample, band)
      if (!(Math.abs(sum - 1) < 1e-4)) return false
    }
  }
  return true
}

/**
 * Writes a view as .npy in C order of its axes, converted to `dtype`, a few rows at a time.
 * @param axes how many of its axes the file has; an axis left out has size 1.
 */
export async function writeView(
  path: string,
  dtype: DType,
  view: StridedView,
  axes: 2 | 3,
  watch: { summariser?: ArraySummariser; progress?: (fraction: number) => void; signal?: AbortSignal } = {},
): Promise<ArrayReference> {
  const [rows, columns, depth] = view.shape
  const rowsAtOnce = Math.max(1, Math.floor(writtenAtOnce / (columns * depth)))
  return writeNpyThrough(path, dtype, view.shape.slice(0, axes), async (writer) => {
    for (let start = 0; start < rows; start += rowsAtOnce) {
      throwIfCancelled(watch.signal)
      const count = Math.min(rows - start, rowsAtOnce)
      const out = allocateReal(dtype, count * columns * depth)
      copyRows(view, start, count, out)
      watch.summariser?.add(out)
      await writer.write(out)
      watch.progress?.((start + count) / rows)
    }
  })
}

function copyRows(view: StridedView, start: number, count: number, out: RealArray): void {
  const { values, strides } = view
  const [, columns, depth] = view.shape
  let to = 0
  for (let row = start; row < start + count; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let from = row * strides[0] + column * strides[1]
      for (let k = 0; k < depth; k += 1) {
        out[to] = values[from] ?? Number.NaN
        to += 1
        from += strides[2]
      }
    }
  }
}
