import { z } from 'zod'

/** Element types an array file may have, by their NumPy names. */
export const dtypeSchema = z.enum([
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float32',
  'float64',
  'complex64',
  'complex128',
  'bool',
])
export type DType = z.infer<typeof dtypeSchema>

/** Bytes of one element. */
export const bytesPerElement: Readonly<Record<DType, number>> = {
  uint8: 1,
  int8: 1,
  bool: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  uint64: 8,
  int64: 8,
  float64: 8,
  complex64: 8,
  complex128: 16,
}

const extent = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)

/** How the elements of an array lie in a file; strides are counted in elements. */
export const arrayLayoutSchema = z.object({
  dtype: dtypeSchema,
  byteOrder: z.enum(['little', 'big']),
  /** Bytes before the first element. */
  offset: extent,
  shape: z.array(extent).min(1).max(32),
  strides: z.array(extent).min(1).max(32),
})
export type ArrayLayout = z.infer<typeof arrayLayoutSchema>

/**
 * An array of a dataset. Inside the project `file` is relative to the dataset's folder; an external file
 * stays where it is and is recognised by size, time and sha-256 when it is used again.
 */
export const arrayReferenceSchema = arrayLayoutSchema.extend({
  location: z.enum(['project', 'external']),
  file: z.string().min(1),
  /** Size of the whole file. */
  bytes: extent,
  /** Of the whole file; null while an external file is still being hashed. */
  sha256: z.string().length(64).nullable(),
  /** Modification time of an external file in milliseconds since 1970; null inside the project. */
  modifiedAt: z.number().nullable(),
})
export type ArrayReference = z.infer<typeof arrayReferenceSchema>

/** A layout with the absolute path of its file: what a solver is given. Never leaves the main side. */
export interface ArraySource extends ArrayLayout {
  path: string
}

/** One axis of an array, in the order of its shape. */
export const axisSchema = z.object({
  /** The field's name of the axis: line, sample, band, component, pixel … */
  name: z.string(),
  size: extent,
  /** Unit of the coordinates: 'µm', 'nm', 's'; null where they have none. */
  unit: z.string().nullable(),
  /** Position of every index, where it is more than its number. */
  coordinates: z.array(z.number()).nullable(),
  /** Name of every index, where there are names (materials). */
  labels: z.array(z.string()).nullable(),
})
export type Axis = z.infer<typeof axisSchema>

/** Strides, in elements, of an array in C order (last axis fastest). */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    strides[axis] = step
    step *= shape[axis] ?? 1
  }
  return strides
}

/** Strides, in elements, of an array in Fortran order (first axis fastest), as MATLAB stores it. */
export function columnMajorStrides(shape: readonly number[]): number[] {
  let step = 1
  return shape.map((size) => {
    const stride = step
    step *= size
    return stride
  })
}

/** Number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
