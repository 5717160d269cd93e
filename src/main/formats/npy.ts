import {
  bytesPerElement,
  columnMajorStrides,
  elementCount,
  rowMajorStrides,
  type ArrayLayout,
  type DType,
} from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { withFile, type RandomAccessFile } from './random-access-file'
import { counted, shapeText } from './wording'

/** First six bytes of every .npy file: 0x93 'NUMPY'. */
const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59)
/** Longest header that is read; NumPy's own limit is 10,000. */
const longestHeader = 1024 * 1024

const dtypeOfCode: Readonly<Record<string, DType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f4: 'float32',
  f8: 'float64',
  c8: 'complex64',
  c16: 'complex128',
}

/** Whether bytes begin as a .npy file does. */
export function startsLikeNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}

/** Reads the header of a .npy file (versions 1 to 3) and checks its size against the file. */
export async function readNpyHeader(path: string): Promise<ArrayLayout> {
  return withFile(path, npyLayout)
}

/** As `readNpyHeader`, for a file that is open already, or an archive's member whose first bytes are known. */
export async function npyLayout(
  file: Pick<RandomAccessFile, 'name' | 'bytes' | 'readUpTo'>,
): Promise<ArrayLayout> {
  const start = await file.readUpTo(0, 12)
  if (!startsLikeNpy(start)) {
    throw new FiligreeError(
      'invalid-file',
      `${file.name} is not a NumPy file: it does not start with "\\x93NUMPY".`,
    )
  }
  const view = new DataView(start.buffer)
  const major = start[6] ?? 0
  if (major < 1 || major > 3 || start.length < 12) {
    throw new FiligreeError(
      'invalid-file',
      start.length < 12
        ? `${file.name} is cut short within its header.`
        : `${file.name} has NumPy format version ${String(major)}; versions 1 to 3 can be read.`,
    )
  }
  const headerStart = major === 1 ? 10 : 12
  const headerLength = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  const offset = headerStart + headerLength
  if (headerLength > longestHeader || offset > file.bytes) {
    throw new FiligreeError(
      'invalid-file',
      `${file.name} says its header has ${counted(headerLength, 'byte')}, but the file has ${counted(file.bytes, 'byte')}.`,
    )
  }
  const header = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(
    await file.readUpTo(headerStart, headerLength),
  )
  const layout = parseHeader(header, offset, file.name)
  // Counted as one stretch, not by strides: NumPy's arrays have no holes.
  const promised = offset + elementCount(layout.shape) * bytesPerElement[layout.dtype]
  if (promised > file.bytes) {
    throw new FiligreeError(
      'invalid-file',
      `${file.name} promises ${shapeText(layout.shape)} numbers of type ${layout.dtype} but is ${counted(promised - file.bytes, 'byte')} too short. Was it copied whole?`,
    )
  }
  return layout
}

function parseHeader(header: string, offset: number, name: string): ArrayLayout {
  const { dtype, byteOrder } = parseElementType(header, name)
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(header)?.[1]
  const extents = /['"]shape['"]\s*:\s*\(([\d\sL,]*)\)/.exec(header)?.[1]
  if (order === undefined || extents === undefined) {
    throw new FiligreeError(
      'invalid-file',
      `The header of ${name} names no shape or no order of its elements.`,
    )
  }
  const sizes = extents.split(',').map((part) => part.replace('L', '').trim())
  // NumPy writes a scalar as (); it is kept as one element.
  const shape = sizes.filter((part) => part !== '').map(Number)
  if (shape.length === 0) shape.push(1)
  if (shape.length > 32 || shape.some((size) => !Number.isSafeInteger(size))) {
    throw new FiligreeError('invalid-file', `${name} promises a shape no file can have: (${extents}).`)
  }
  const strides = order === 'True' ? columnMajorStrides(shape) : rowMajorStrides(shape)
  if (!Number.isSafeInteger(elementCount(shape)) || strides.some((stride) => !Number.isSafeInteger(stride))) {
    throw new FiligreeError(
      'invalid-file',
      `${name} promises more numbers than any disk holds: (${extents}).`,
    )
  }
  return { dtype, byteOrder, offset, shape, strides }
}

function parseElementType(header: string, name: string): { dtype: DType; byteOrder: 'little' | 'big' } {
  const description = /['"]descr['"]\s*:\s*(?:'([^']*)'|"([^"]*)"|(\[))/.exec(header)
  if (description === null) {
    throw new FiligreeError('invalid-file', `The header of ${name} does not say what its elements are.`)
  }
  if (description[3] !== undefined) {
    throw new FiligreeError(
      'invalid-file',
      `${name} is a table of named columns (a structured array), not an array of numbers. Save one column with numpy.save.`,
    )
  }
  const text = description[1] ?? description[2] ?? ''
  const [, mark = '', code = ''] = /^([<>|=]?)([A-Za-z]\d*)$/.exec(text) ?? []
  if (code === 'O') {
    throw new FiligreeError(
      'invalid-file',
      `${name} holds Python objects (pickle), which could run code and are never loaded. Save a plain numeric array.`,
    )
  }
  const dtype = dtypeOfCode[code]
  if (dtype === undefined) {
    throw new FiligreeError(
      'invalid-file',
      `${name} holds elements of type "${text}", which are not read. Convert it with array.astype("float32") or "float64".`,
    )
  }
  return { dtype, byteOrder: mark === '>' ? 'big' : 'little' }
}

/** Header (version 1) of a little-endian array, padded so that the data starts at a multiple of 64. */
export function npyHeader(dtype: DType, shape: readonly number[], fortran = false): Uint8Array {
  const code = Object.keys(dtypeOfCode).find((key) => dtypeOfCode[key] === dtype) ?? 'f8'
  const mark = bytesPerElement[dtype] === 1 ? '|' : '<'
  const extents = shape.length === 1 ? `${String(shape[0])},` : shape.join(', ')
  const fields = `{'descr': '${mark}${code}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${extents}), }`
  const length = Math.ceil((10 + fields.length + 1) / 64) * 64 - 10
  const text = `${fields.padEnd(length - 1)}\n`
  const header = new Uint8Array(10 + length)
  header.set(magic)
  header[6] = 1
  new DataView(header.buffer).setUint16(8, length, true)
  header.set(new TextEncoder().encode(text), 10)
  return header
}
