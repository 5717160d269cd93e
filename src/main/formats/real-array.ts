import { bytesPerElement, type DType } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'

/** Numbers as a file keeps them, in the machine's own byte order. */
export type RealArray =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array

/** Throws `invalid-data` for complex element types, which no cube may have yet. */
export function requireReal(dtype: DType, name: string): void {
  if (dtype !== 'complex64' && dtype !== 'complex128') return
  throw new FiligreeError(
    'invalid-data',
    `${name} holds complex numbers (${dtype}), which cannot be shown or unmixed. Save its magnitude or its real part and import that.`,
  )
}

/**
 * Reads the elements of a buffer. The buffer is changed in place where its byte order is not the
 * machine's (little on every machine Filigree runs on). 64-bit integers become doubles: beyond
 * ±2⁵³ they are rounded to the nearest one.
 */
export function decodeElements(
  dtype: DType,
  byteOrder: 'little' | 'big',
  buffer: ArrayBuffer,
  count: number,
): RealArray {
  const size = bytesPerElement[dtype]
  if (byteOrder === 'big' && size > 1) swapBytes(buffer, size, count)
  switch (dtype) {
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer, 0, count)
    case 'int8':
      return new Int8Array(buffer, 0, count)
    case 'uint16':
      return new Uint16Array(buffer, 0, count)
    case 'int16':
      return new Int16Array(buffer, 0, count)
    case 'uint32':
      return new Uint32Array(buffer, 0, count)
    case 'int32':
      return new Int32Array(buffer, 0, count)
    case 'float32':
      return new Float32Array(buffer, 0, count)
    case 'float64':
      return new Float64Array(buffer, 0, count)
    case 'int64':
      return wideIntegers(new Int32Array(buffer, 0, 2 * count), new Uint32Array(buffer, 0, 2 * count))
    case 'uint64':
      return wideIntegers(new Uint32Array(buffer, 0, 2 * count), new Uint32Array(buffer, 0, 2 * count))
    case 'complex64':
    case 'complex128':
      throw new FiligreeError('invalid-data', 'Complex numbers cannot be read as real ones.')
  }
}

/** An empty array for numbers of a type; 64-bit integers are held as doubles. */
export function allocateReal(dtype: DType, count: number): RealArray {
  switch (dtype) {
    case 'int64':
    case 'uint64':
      return new Float64Array(count)
    default:
      return decodeElements(dtype, 'little', new ArrayBuffer(count * bytesPerElement[dtype]), count)
  }
}

/**
 * 64-bit integers from their halves (low half first): one rounding, the same as `Number(bigint)` and ten
 * times as fast.
 */
function wideIntegers(high: Int32Array | Uint32Array, low: Uint32Array): Float64Array {
  const values = new Float64Array(low.length / 2)
  for (let i = 0; i < values.length; i += 1) {
    values[i] = (high[2 * i + 1] ?? 0) * 4_294_967_296 + (low[2 * i] ?? 0)
  }
  return values
}

function swapBytes(buffer: ArrayBuffer, size: number, count: number): void {
  const bytes = Buffer.from(buffer, 0, size * count)
  if (size === 2) bytes.swap16()
  else if (size === 4) bytes.swap32()
  else bytes.swap64()
}
