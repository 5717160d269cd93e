import { elementCount, type ArraySource } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { thinning, type SliceRequest } from '../../shared/tensor-slice'
import { throwIfCancelled } from './cancellation'
import { scanEntries } from './entry-scan'
import { gather, requireLayoutFits } from './gather'
import { withFile } from './random-access-file'
import { grouped } from './wording'

/** A slice of a tensor in C order (rows, columns); NaN where nothing is known. */
export interface SlicePlane {
  values: Float32Array | Float64Array
  shape: [rows: number, columns: number]
}

/** Longest side of a slice, and most numbers of one, that are handed out. */
const longestSide = 65_536
const mostNumbers = 2 ** 26

/** How a slice is made: pictures need single precision, files keep all digits. */
export interface SliceOptions {
  side: number
  precision?: 'float32' | 'float64'
  signal?: AbortSignal | undefined
}

/** Memory for a slice. Throws `invalid-parameter` for one that is too large to be held at once. */
export function allocateSlice(count: number, { precision }: SliceOptions): Float32Array | Float64Array {
  if (count > mostNumbers) {
    throw new FiligreeError(
      'invalid-parameter',
      `A slice of ${grouped(count)} numbers is too large to be made at once; at most ${grouped(mostNumbers)} are.`,
    )
  }
  return precision === 'float64' ? new Float64Array(count) : new Float32Array(count)
}

/** Throws `invalid-parameter` where a slice asks for modes or entries a tensor has not. */
export function requireSlice(
  sizes: readonly number[],
  { rows, columns, at }: SliceRequest,
  side: number,
): void {
  const modes = sizes.length
  if (rows >= modes || columns >= modes || rows === columns) {
    throw new FiligreeError(
      'invalid-parameter',
      `A picture needs two different modes of the ${modes} there are.`,
    )
  }
  const outside = sizes.findIndex(
    (size, mode) => mode !== rows && mode !== columns && !((at[mode] ?? -1) < size),
  )
  if (at.length !== modes || outside >= 0) {
    throw new FiligreeError(
      'invalid-parameter',
      at.length === modes
        ? `Mode ${outside + 1} has no entry ${at[outside] ?? ''}; it has ${sizes[outside] ?? 0}.`
        : `A place in a tensor of ${modes} modes has ${modes} numbers, not ${at.length}.`,
    )
  }
  if (side < 1 || side > longestSide) {
    throw new FiligreeError('invalid-parameter', `The longest side of a picture is from 1 to ${longestSide}.`)
  }
}

/** The entries a slice takes of every mode, thinned so that no side of the picture is longer than `side`. */
export function slicePicks(sizes: readonly number[], slice: SliceRequest, side: number): number[][] {
  return sizes.map((size, mode) => {
    if (mode !== slice.rows && mode !== slice.columns) return [slice.at[mode] ?? 0]
    const { step, count } = thinning(size, side)
    return Array.from({ length: count }, (_, index) => index * step)
  })
}

/** A slice of a dense array; only the stretches of the file that it needs are read. Masked entries are NaN. */
export async function denseSlice(
  source: ArraySource,
  mask: ArraySource | null,
  slice: SliceRequest,
  options: SliceOptions,
): Promise<SlicePlane> {
  const { side, signal } = options
  requireSlice(source.shape, slice, side)
  const picks = slicePicks(source.shape, slice, side)
  const shape: SlicePlane['shape'] = [picks[slice.rows]?.length ?? 0, picks[slice.columns]?.length ?? 0]
  const strides = source.shape.map((_, mode) =>
    mode === slice.rows ? shape[1] : mode === slice.columns ? 1 : 0,
  )
  const read = (from: ArraySource) =>
    withFile(from.path, async (file) => {
      requireLayoutFits(from, file)
      const out = allocateSlice(elementCount(shape), options)
      await gather(file, from, picks, out, strides, signal)
      return out
    })
  const values = await read(source)
  if (mask !== null) {
    const missing = await read(mask)
    for (let i = 0; i < values.length; i += 1) if (missing[i] !== 0) values[i] = Number.NaN
  }
  return { values, shape }
}

/** The files of a scattered tensor: values (entry) and indices (entry, mode). */
export interface ScatteredSource {
  values: ArraySource
  indices: ArraySource
  sizes: readonly number[]
}

/**
 * A slice of a scattered tensor: NaN where no entry is, and the mean where entries share a pixel of the thinned
 * picture, so that thinning loses none of them.
 */
export async function scatteredSlice(
  { values, indices, sizes }: ScatteredSource,
  slice: SliceRequest,
  options: SliceOptions,
): Promise<SlicePlane> {
  const { side, signal } = options
  requireSlice(sizes, slice, side)
  const { rows, columns, at } = slice
  const down = thinning(sizes[rows] ?? 0, side)
  const right = thinning(sizes[columns] ?? 0, side)
  const sums = new Float64Array(down.count * right.count)
  const counts = new Uint32Array(sums.length)
  const modes = sizes.length
  const held = sizes.flatMap((_, mode) => (mode === rows || mode === columns ? [] : [mode]))
  await scanEntries(values, indices, (value, index, count) => {
    for (let entry = 0; entry < count; entry += 1) {
      const base = entry * modes
      if (held.some((mode) => index[base + mode] !== at[mode])) continue
      const row = Math.floor((index[base + rows] ?? 0) / down.step)
      const column = Math.floor((index[base + columns] ?? 0) / right.step)
      const pixel = row * right.count + column
      sums[pixel] = (sums[pixel] ?? 0) + (value[entry] ?? 0)
      counts[pixel] = (counts[pixel] ?? 0) + 1
    }
    throwIfCancelled(signal)
  })
  const plane = allocateSlice(sums.length, options)
  for (let pixel = 0; pixel < sums.length; pixel += 1) {
    plane[pixel] = counts[pixel] === 0 ? Number.NaN : (sums[pixel] ?? 0) / (counts[pixel] ?? 1)
  }
  return { values: plane, shape: [down.count, right.count] }
}
