import { elementCount, type ArraySource } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import type { SliceRequest } from '../../shared/tensor-slice'
import { readRows, readWhole } from './array-reader'
import { allocateSlice, requireSlice, slicePicks, type SliceOptions, type SlicePlane } from './tensor-slice'
import { grouped } from './wording'

/** A tensor as core and factors: core ×₁ factors[0] … ×_N factors[N-1], plus the offset. */
export interface TuckerSource {
  core: ArraySource
  /** (position, component) of every mode. */
  factors: readonly ArraySource[]
  offset: number
}

/** Cores that are read whole for a picture. */
const largestCore = 2 ** 24

/**
 * A slice of a reconstruction without forming the whole: of every factor only the rows it needs are read. Modes that
 * are held still are contracted first, each of which makes the core smaller; then the two modes of the picture are
 * multiplied. The work is core + rows × r × r' + rows × r' × columns.
 */
export async function tuckerSlice(
  { core, factors, offset }: TuckerSource,
  slice: SliceRequest,
  options: SliceOptions,
): Promise<SlicePlane> {
  const { side } = options
  const sizes = factors.map(({ shape }) => shape[0] ?? 0)
  requireTucker(core, factors)
  requireSlice(sizes, slice, side)
  const picks = slicePicks(sizes, slice, side)
  const rows = await Promise.all(factors.map((factor, mode) => readRows(factor, picks[mode] ?? [])))
  let reduced = { values: (await readWhole(core)).values, shape: [...core.shape] }
  // From the last mode to the first, so that the places of the modes before stay what they are.
  for (let mode = factors.length - 1; mode >= 0; mode -= 1) {
    if (mode !== slice.rows && mode !== slice.columns) {
      reduced = contracted(reduced.values, reduced.shape, mode, rows[mode] ?? new Float64Array())
    }
  }
  const flipped = slice.rows > slice.columns
  const [down, right] = [rows[slice.rows] ?? new Float64Array(), rows[slice.columns] ?? new Float64Array()]
  const [first = 1, second = 1] = reduced.shape
  const [height, width] = [picks[slice.rows]?.length ?? 0, picks[slice.columns]?.length ?? 0]
  const inner = flipped ? transposed(reduced.values, first, second) : reduced.values
  const [downRank, rightRank] = flipped ? [second, first] : [first, second]
  const values = allocateSlice(height * width, options)
  multiply(down, inner, right, { height, width, downRank, rightRank, offset }, values)
  return { values, shape: [height, width] }
}

/** Throws `invalid-data` where core and factors do not belong together, or the core is too large for a picture. */
export function requireTucker(core: ArraySource, factors: readonly ArraySource[]): void {
  const fit =
    core.shape.length === factors.length &&
    factors.every(({ shape }, mode) => shape.length === 2 && shape[1] === core.shape[mode])
  if (!fit)
    throw new FiligreeError('invalid-data', 'The core and the factors of this run do not fit each other.')
  const count = elementCount(core.shape)
  if (count <= largestCore) return
  throw new FiligreeError(
    'out-of-memory',
    `The core of this run has ${grouped(count)} entries; pictures are made from cores of at most ${grouped(largestCore)}.`,
  )
}

/** The array (C order) with one mode contracted with a vector. */
export function contracted(
  values: Float64Array,
  shape: readonly number[],
  mode: number,
  vector: Float64Array,
): { values: Float64Array<ArrayBuffer>; shape: number[] } {
  const size = shape[mode] ?? 1
  const after = elementCount(shape.slice(mode + 1))
  const before = elementCount(shape.slice(0, mode))
  const out = new Float64Array(before * after)
  for (let outer = 0; outer < before; outer += 1) {
    for (let index = 0; index < size; index += 1) {
      const weight = vector[index] ?? 0
      const from = (outer * size + index) * after
      for (let inner = 0; inner < after; inner += 1) {
        out[outer * after + inner] = (out[outer * after + inner] ?? 0) + weight * (values[from + inner] ?? 0)
      }
    }
  }
  return { values: out, shape: shape.filter((_, axis) => axis !== mode) }
}

function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)] ?? 0)
}

/** down (height × downRank) · inner (downRank × rightRank) · rightᵀ (rightRank × width) + offset. */
function multiply(
  down: Float64Array,
  inner: Float64Array,
  right: Float64Array,
  size: { height: number; width: number; downRank: number; rightRank: number; offset: number },
  out: Float32Array | Float64Array,
): void {
  const { height, width, downRank, rightRank, offset } = size
  const line = new Float64Array(rightRank)
  for (let row = 0; row < height; row += 1) {
    line.fill(0)
    for (let a = 0; a < downRank; a += 1) {
      const weight = down[row * downRank + a] ?? 0
      for (let b = 0; b < rightRank; b += 1)
        line[b] = (line[b] ?? 0) + weight * (inner[a * rightRank + b] ?? 0)
    }
    for (let column = 0; column < width; column += 1) {
      let sum = offset
      for (let b = 0; b < rightRank; b += 1) sum += (line[b] ?? 0) * (right[column * rightRank + b] ?? 0)
      out[row * width + column] = sum
    }
  }
}
