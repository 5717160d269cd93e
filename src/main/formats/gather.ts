import { bytesPerElement, type ArrayLayout } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { throwIfCancelled } from './cancellation'
import type { RandomAccessFile } from './random-access-file'
import { decodeElements, requireReal, type RealArray } from './real-array'
import { counted, shapeText } from './wording'

/** Most bytes and elements read at once: what one turn of the event loop can decode without being noticed. */
const largestChunkBytes = 8 * 1024 * 1024
const largestChunkElements = 2 * 1024 * 1024
/** A gap up to this is read and thrown away, as that is cheaper than another request to the system. */
const skippedGapBytes = 128 * 1024

/** One axis of the selection, in the order of the file (largest stride first). */
interface FileAxis {
  /** Element offsets within the file, rising. */
  offsets: readonly number[]
  /** Where the element of each goes in the output. */
  targets: readonly number[]
}

/** Throws `invalid-file` where the layout reaches past the end of the file, saying by how many bytes. */
export function requireLayoutFits(layout: ArrayLayout, file: { name: string; bytes: number }): void {
  if (layout.shape.some((size) => size === 0)) return
  const last = layout.shape.reduce((sum, size, axis) => sum + (size - 1) * (layout.strides[axis] ?? 0), 0)
  const needed = layout.offset + (last + 1) * bytesPerElement[layout.dtype]
  if (needed <= file.bytes) return
  throw new FiligreeError(
    'invalid-file',
    `${file.name} is too short for ${shapeText(layout.shape)} numbers of type ${layout.dtype}: it has ${counted(file.bytes, 'byte')}, ${counted(needed - file.bytes, 'byte')} fewer than needed.`,
  )
}

/**
 * The layout must fit the file (`requireLayoutFits`). Reads the elements at the product of `picks` (one list of indices for each axis, in any order) into
 * `out`: the element at positions (i, j, …) of the picks goes to `i·outStrides[0] + j·outStrides[1] + …`.
 * Works for any strides; reads in file order, each needed stretch once, in pieces of at most 8 MB. Throws `cancelled`
 * between two pieces once `signal` says so.
 */
export async function gather(
  file: RandomAccessFile,
  layout: ArrayLayout,
  picks: readonly (readonly number[])[],
  out: Float32Array | Float64Array,
  outStrides: readonly number[],
  signal?: AbortSignal,
): Promise<void> {
  requireReal(layout.dtype, file.name)
  if (picks.some((indices) => indices.length === 0)) return
  const axes = fileAxes(layout, picks, outStrides)
  const size = bytesPerElement[layout.dtype]
  const chunkBytes = Math.min(largestChunkBytes, largestChunkElements * size)
  // spans[k]: elements from the first to the last one of axes k and inward; gaps[k]: the widest hole in them.
  const spans = new Array<number>(axes.length + 1).fill(1)
  const gaps = new Array<number>(axes.length + 1).fill(0)
  for (let k = axes.length - 1; k >= 0; k -= 1) {
    const { offsets } = axisAt(axes, k)
    const inner = spans[k + 1] ?? 1
    spans[k] = (offsets.at(-1) ?? 0) - (offsets[0] ?? 0) + inner
    gaps[k] = Math.max(gaps[k + 1] ?? 0, widestStep(offsets) - inner)
  }

  const readGroup = async (k: number, start: number, end: number, base: number, outBase: number) => {
    throwIfCancelled(signal)
    const { offsets } = axisAt(axes, k)
    const origin = base + (offsets[start] ?? 0) + innerOrigin(axes, k + 1)
    const count = (offsets[end - 1] ?? 0) - (offsets[start] ?? 0) + (spans[k + 1] ?? 1)
    const buffer = new ArrayBuffer(count * size)
    await file.readInto(new Uint8Array(buffer), layout.offset + origin * size)
    const values = decodeElements(layout.dtype, layout.byteOrder, buffer, count)
    scatter(values, base - origin, axes, k, start, end, out, outBase)
  }

  const visit = async (k: number, base: number, outBase: number): Promise<void> => {
    const { offsets, targets } = axisAt(axes, k)
    const inner = spans[k + 1] ?? 1
    if (inner * size > chunkBytes || (gaps[k + 1] ?? 0) * size > skippedGapBytes) {
      for (let i = 0; i < offsets.length; i += 1) {
        await visit(k + 1, base + (offsets[i] ?? 0), outBase + (targets[i] ?? 0))
      }
      return
    }
    for (let start = 0; start < offsets.length;) {
      const first = offsets[start] ?? 0
      let end = start + 1
      while (end < offsets.length) {
        const next = offsets[end] ?? 0
        if ((next - first + inner) * size > chunkBytes) break
        if ((next - (offsets[end - 1] ?? 0) - inner) * size > skippedGapBytes) break
        end += 1
      }
      await readGroup(k, start, end, base, outBase)
      start = end
    }
  }
  await visit(0, 0, 0)
}

function axisAt(axes: readonly FileAxis[], k: number): FileAxis {
  const axis = axes[k]
  if (axis === undefined) throw new RangeError(`No axis ${String(k)}`)
  return axis
}

function fileAxes(
  layout: ArrayLayout,
  picks: readonly (readonly number[])[],
  outStrides: readonly number[],
): FileAxis[] {
  return picks
    .map((indices, axis) => {
      const stride = layout.strides[axis] ?? 0
      const outStride = outStrides[axis] ?? 0
      const size = layout.shape[axis] ?? 0
      const pairs = indices.map((index, position) => {
        if (!Number.isInteger(index) || index < 0 || index >= size) {
          throw new FiligreeError(
            'invalid-parameter',
            `Index ${String(index)} is outside axis ${String(axis + 1)}, which has ${counted(size, 'entry', 'entries')}.`,
          )
        }
        return { offset: index * stride, target: position * outStride }
      })
      pairs.sort((a, b) => a.offset - b.offset)
      return { stride, offsets: pairs.map((p) => p.offset), targets: pairs.map((p) => p.target) }
    })
    .sort((a, b) => b.stride - a.stride)
}

function widestStep(offsets: readonly number[]): number {
  let widest = 0
  for (let i = 1; i < offsets.length; i += 1) {
    widest = Math.max(widest, (offsets[i] ?? 0) - (offsets[i - 1] ?? 0))
  }
  return widest
}

function innerOrigin(axes: readonly FileAxis[], from: number): number {
  return axes.slice(from).reduce((sum, axis) => sum + (axis.offsets[0] ?? 0), 0)
}

function scatter(
  values: RealArray,
  base: number,
  axes: readonly FileAxis[],
  k: number,
  start: number,
  end: number,
  out: Float32Array | Float64Array,
  outBase: number,
): void {
  const { offsets, targets } = axisAt(axes, k)
  if (k === axes.length - 1) {
    for (let i = start; i < end; i += 1) {
      out[outBase + (targets[i] ?? 0)] = values[base + (offsets[i] ?? 0)] ?? Number.NaN
    }
    return
  }
  const innerCount = axisAt(axes, k + 1).offsets.length
  for (let i = start; i < end; i += 1) {
    scatter(values, base + (offsets[i] ?? 0), axes, k + 1, 0, innerCount, out, outBase + (targets[i] ?? 0))
  }
}
