import type { DType } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { ByteStream } from './byte-stream'

/** Element types of the MAT-file format, level 5 (`mi…`). */
export const elementType = { matrix: 14, compressed: 15 } as const

/** Types numbers are stored in. */
const storedTypes: Readonly<Record<number, DType>> = {
  1: 'int8',
  2: 'uint8',
  3: 'int16',
  4: 'uint16',
  5: 'int32',
  6: 'uint32',
  7: 'float32',
  9: 'float64',
  12: 'int64',
  13: 'uint64',
  // Text: UTF-8 (bytes) and UTF-16 (code units).
  16: 'uint8',
  17: 'uint16',
  18: 'uint32',
}
/** The stored type whose bytes are UTF-8. */
export const utf8Type = 16

/** Classes of arrays (`mx…`). */
const classes = {
  1: 'cell',
  2: 'struct',
  3: 'object',
  4: 'char',
  5: 'sparse',
  6: 'double',
  7: 'single',
  8: 'int8',
  9: 'uint8',
  10: 'int16',
  11: 'uint16',
  12: 'int32',
  13: 'uint32',
  14: 'int64',
  15: 'uint64',
  16: 'function handle',
  17: 'opaque object',
} as const
export type MatlabClass = (typeof classes)[keyof typeof classes]

/** NumPy's name of a numeric class; null for what is not a dense array of numbers. */
export function dtypeOfClass(className: MatlabClass): DType | null {
  switch (className) {
    case 'double':
      return 'float64'
    case 'single':
      return 'float32'
    case 'int8':
    case 'uint8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'uint64':
      return className
    default:
      return null
  }
}

/** What stands before the data of an element. */
export interface ElementTag {
  type: number
  bytes: number
  /** Data that fit into the tag itself. */
  inline: Uint8Array | null
}

/** Flags, size and name of an array: the first elements within a matrix element. */
export interface MatrixHead {
  name: string
  className: MatlabClass
  shape: number[]
  complex: boolean
}

/** Longest name and most axes that are read; MATLAB allows 63 letters. */
const longestName = 4096
const mostAxes = 32

/** Reads the elements of a MAT-file one after the other. */
export class ElementReader {
  constructor(
    private readonly stream: ByteStream,
    private readonly littleEndian: boolean,
    /** Name of the file, for messages. */
    private readonly fileName: string,
  ) {}

  async tag(): Promise<ElementTag> {
    const bytes = await this.stream.read(8)
    const view = new DataView(bytes.buffer)
    const first = view.getUint32(0, this.littleEndian)
    // Four bytes or fewer may stand in the tag: then its upper half is the length.
    if (first > 0xffff) {
      const length = first >>> 16
      if (length > 4) throw this.damaged('an element of impossible size')
      return { type: first & 0xffff, bytes: length, inline: bytes.slice(4, 4 + length) }
    }
    return { type: first, bytes: view.getUint32(4, this.littleEndian), inline: null }
  }

  /** The element type as NumPy names it. */
  storedType(tag: ElementTag): DType {
    const dtype = storedTypes[tag.type]
    if (dtype === undefined) throw this.damaged(`an element of unknown type ${String(tag.type)}`)
    return dtype
  }

  /** The data of an element, with its padding read over. The caller has checked `tag.bytes`. */
  async data(tag: ElementTag): Promise<Uint8Array<ArrayBuffer>> {
    if (tag.inline !== null) return new Uint8Array(tag.inline)
    const bytes = new Uint8Array(tag.bytes)
    await this.stream.readInto(bytes)
    await this.stream.skip(padding(tag.bytes))
    return bytes
  }

  /** As `data`, for small elements: refuses long ones before memory is taken. */
  async shortData(tag: ElementTag, most: number, what: string): Promise<Uint8Array<ArrayBuffer>> {
    if (tag.bytes > most) throw this.damaged(`${what} of ${String(tag.bytes)} bytes`)
    return this.data(tag)
  }

  /**
   * A reader for the content of a nested matrix of known size; null where it is longer than `most` bytes,
   * which are then read over.
   */
  async nested(bytes: number, most: number): Promise<ElementReader | null> {
    if (bytes > most) {
      await this.stream.skip(bytes + padding(bytes))
      return null
    }
    const content = await this.stream.read(bytes)
    await this.stream.skip(padding(bytes))
    return new ElementReader(ByteStream.of(content), this.littleEndian, this.fileName)
  }

  /** Reads flags, dimensions and name; the tag of the matrix itself was read before. */
  async matrixHead(): Promise<MatrixHead> {
    const flags = await this.shortData(await this.tag(), 64, 'array flags')
    const word = this.wordAt(flags, 0)
    const className = Object.entries(classes).find(([code]) => Number(code) === (word & 0xff))?.[1]
    if (className === undefined) throw this.damaged(`an array of unknown class ${String(word & 0xff)}`)
    const shape: number[] = []
    // Objects of newer MATLAB versions have no dimensions of their own.
    if (className !== 'opaque object') {
      const dimensions = await this.shortData(await this.tag(), 4 * mostAxes, 'dimensions')
      for (let at = 0; at + 4 <= dimensions.length; at += 4) {
        const size = this.wordAt(dimensions, at)
        if (size > 0x7fffffff) throw this.damaged('an array of negative size')
        shape.push(size)
      }
      if (shape.length < 2) throw this.damaged('an array without dimensions')
    }
    const name = await this.shortData(await this.tag(), longestName, 'a name')
    return {
      name: new TextDecoder('latin1').decode(name),
      className,
      shape,
      complex: (word & 0x0800) !== 0,
    }
  }

  damaged(what: string): FiligreeError {
    return new FiligreeError(
      'invalid-file',
      `${this.fileName} is damaged: it holds ${what}. Copy it again, or save it anew in MATLAB with "save -v7".`,
    )
  }

  private wordAt(bytes: Uint8Array, at: number): number {
    if (bytes.length < at + 4) throw this.damaged('an array without flags')
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, this.littleEndian)
  }
}

/** Bytes between the end of an element and the next multiple of eight. */
export function padding(bytes: number): number {
  return (8 - (bytes % 8)) % 8
}
