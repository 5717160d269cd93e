import type { ArrayLayout } from '../../shared/array'
import { gather } from './gather'
import type { RandomAccessFile } from './random-access-file'

/** Elements read at once. */
const blockElements = 2 ** 20

/** One piece of an array: its numbers in the order asked for, and the indices it covers on every axis. */
export interface LayoutBlock {
  values: Float64Array
  picks: readonly (readonly number[])[]
  /** Share of the array that has been read when this piece is done. */
  fraction: number
}

/**
 * Axes of an array in C or Fortran order from the slowest to the fastest: reading in this order goes through the file
 * once. `fortran` tells which of both it is; where both are the same, it is C.
 */
export function fileOrder(layout: ArrayLayout): { order: number[]; fortran: boolean } {
  const order = layout.shape.map((_, axis) => axis)
  const long = order.filter((axis) => (layout.shape[axis] ?? 0) > 1)
  const fortran = (layout.strides[long[0] ?? 0] ?? 0) < (layout.strides[long.at(-1) ?? 0] ?? 0)
  return { order: fortran ? order.toReversed() : order, fortran }
}

/**
 * Goes through an array in pieces of at most a million elements, the axes of `order` from slowest to fastest; the
 * pieces follow one another without gaps. Constant memory whatever the shape.
 */
export async function* layoutBlocks(
  file: RandomAccessFile,
  layout: ArrayLayout,
  order: readonly number[],
  signal?: AbortSignal,
): AsyncGenerator<LayoutBlock> {
  const sizes = order.map((axis) => layout.shape[axis] ?? 0)
  if (sizes.includes(0)) return
  // Axes from `split` on fit into a block whole; `split - 1` is cut into runs; those before are walked one by one.
  let split = sizes.length
  let inner = 1
  while (split > 0 && inner * (sizes[split - 1] ?? 1) <= blockElements) {
    split -= 1
    inner *= sizes[split] ?? 1
  }
  const cut = split - 1
  const run = cut < 0 ? 1 : Math.max(1, Math.floor(blockElements / inner))
  const outer = sizes.slice(0, Math.max(0, cut)).reduce((product, size) => product * size, 1)
  const cutSize = cut < 0 ? 1 : (sizes[cut] ?? 1)
  for (let position = 0; position < outer; position += 1) {
    for (let start = 0; start < cutSize; start += run) {
      const count = Math.min(run, cutSize - start)
      const picks = new Array<readonly number[]>(order.length).fill([])
      let rest = position
      for (let level = sizes.length - 1; level >= 0; level -= 1) {
        const axis = order[level] ?? 0
        const size = sizes[level] ?? 1
        if (level >= split) picks[axis] = range(0, size)
        else if (level === cut) picks[axis] = range(start, count)
        else {
          picks[axis] = [rest % size]
          rest = Math.floor(rest / size)
        }
      }
      const values = new Float64Array(count * inner)
      await gather(file, layout, picks, values, stridesFor(order, picks), signal)
      yield { values, picks, fraction: (position + (start + count) / cutSize) / outer }
    }
  }
}

/** Strides of an output whose axes run in `order`, by axis. */
export function stridesFor(order: readonly number[], picks: readonly (readonly number[])[]): number[] {
  const strides = new Array<number>(order.length).fill(0)
  let step = 1
  for (const axis of order.toReversed()) {
    strides[axis] = step
    step *= picks[axis]?.length ?? 1
  }
  return strides
}

function range(start: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start + index)
}
