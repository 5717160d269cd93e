import type { DType } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { ByteStream, StreamEnded } from './byte-stream'
import { dtypeOfClass, ElementReader, elementType, type MatlabClass } from './matlab5-element'
import type { RandomAccessFile } from './random-access-file'
import { counted } from './wording'

/** A variable of a MATLAB file: what it is and where it lies, not its values. */
export interface MatlabVariable {
  name: string
  className: MatlabClass
  /** MATLAB's size: rows, columns, … */
  shape: number[]
  complex: boolean
  /** Type of its numbers; null for text, cells, structs, sparse matrices and objects. */
  dtype: DType | null
  /** Stretch of the file that holds the element's data. */
  start: number
  end: number
  compressed: boolean
}

export interface MatlabDirectory {
  littleEndian: boolean
  variables: MatlabVariable[]
}

const headerBytes = 128
const mostVariables = 10_000
/** Deflate makes at most 1,032 bytes of one. */
const bestCompression = 1032

/**
 * Lists the variables of a MATLAB 5 file without reading their values. Throws `invalid-file` with one
 * sentence for other formats (7.3, 4), damage, and a file that is cut short: which variable, how many bytes.
 */
export async function readMatlabDirectory(file: RandomAccessFile): Promise<MatlabDirectory> {
  const littleEndian = await readFileHeader(file)
  const variables = new Map<string, MatlabVariable>()
  let count = 0
  for (let position = headerBytes; position < file.bytes;) {
    const tag = await file.readUpTo(position, 8)
    if (tag.length < 8) throw cutShort(file, `variable ${String(count + 1)}`, 8 - tag.length)
    const view = new DataView(tag.buffer)
    const type = view.getUint32(0, littleEndian)
    const bytes = view.getUint32(4, littleEndian)
    const start = position + 8
    const end = start + bytes
    if (type !== elementType.matrix && type !== elementType.compressed) {
      throw new FiligreeError(
        'invalid-file',
        `${file.name} is damaged at byte ${String(position)}: no MATLAB variable starts there. Copy it again, or save it anew with "save -v7".`,
      )
    }
    count += 1
    if (count > mostVariables) {
      throw new FiligreeError(
        'invalid-file',
        `${file.name} holds more than ${counted(mostVariables, 'variable')}.`,
      )
    }
    if (bytes > 0) {
      const place = { start, end, compressed: type === elementType.compressed }
      const variable = await readVariable(file, littleEndian, place, count)
      // Nameless ones are MATLAB's own book-keeping for objects.
      if (variable.name !== '') variables.set(variable.name, variable)
    }
    position = end
  }
  return { littleEndian, variables: [...variables.values()] }
}

/** Opens the data of a variable; for a compressed one they are inflated while they are read. */
export function openVariable(
  file: RandomAccessFile,
  place: Pick<MatlabVariable, 'start' | 'end' | 'compressed'>,
): ByteStream {
  const end = Math.min(place.end, file.bytes)
  return place.compressed
    ? ByteStream.inflated(file, place.start, end)
    : ByteStream.plain(file, place.start, end)
}

/** Most bytes the data of a variable can have: what the file has of them, or what they can inflate to. */
export function largestContent(place: Pick<MatlabVariable, 'start' | 'end' | 'compressed'>): number {
  const bytes = place.end - place.start
  return place.compressed ? bytes * bestCompression : bytes
}

/** The failure for a file that ends within a variable. */
export function cutShort(file: RandomAccessFile, variable: string, missing: number): FiligreeError {
  const howMany = missing > 0 ? `${counted(missing, 'byte is', 'bytes are')} missing` : 'its end is missing'
  return new FiligreeError(
    'invalid-file',
    `${file.name} is cut short within ${variable}: ${howMany}. Copy or download it again.`,
  )
}

async function readFileHeader(file: RandomAccessFile): Promise<boolean> {
  const header = await file.readUpTo(0, headerBytes)
  const text = new TextDecoder('latin1').decode(header)
  const mark = text.slice(126, 128)
  if (text.startsWith('MATLAB 7.3') || text.startsWith('\x89HDF')) {
    throw new FiligreeError(
      'invalid-file',
      `${file.name} is a MATLAB 7.3 file, which cannot be read yet. Save it in MATLAB with save('${file.name}', '-v7') and import that.`,
    )
  }
  if (mark === 'IM' || mark === 'MI') return mark === 'IM'
  if (text.startsWith('MATLAB 5') && header.length < headerBytes) {
    throw cutShort(file, 'its header', headerBytes - header.length)
  }
  const looksLikeFour = header.length >= 20 && header.subarray(0, 4).includes(0)
  throw new FiligreeError(
    'invalid-file',
    looksLikeFour
      ? `${file.name} is not a MATLAB 5 file. If MATLAB opens it, it may be of version 4: save it with "save -v7" and import that.`
      : `${file.name} is not a MATLAB 5 file: its header (128 bytes that end with "IM" or "MI") is missing.`,
  )
}

async function readVariable(
  file: RandomAccessFile,
  littleEndian: boolean,
  place: Pick<MatlabVariable, 'start' | 'end' | 'compressed'>,
  number: number,
): Promise<MatlabVariable> {
  const missing = Math.max(0, place.end - file.bytes)
  const stream = openVariable(file, place)
  try {
    const reader = new ElementReader(stream, littleEndian, file.name)
    if (place.compressed) {
      const tag = await reader.tag()
      if (tag.type !== elementType.matrix) throw reader.damaged('a compressed part that is no variable')
      if (missing === 0 && tag.bytes > largestContent(place)) {
        throw reader.damaged(
          `a variable that promises ${counted(tag.bytes, 'byte')} in ${counted(place.end - place.start, 'compressed byte')}`,
        )
      }
    }
    const head = await reader.matrixHead()
    if (missing > 0) throw cutShort(file, `the variable ${head.name}`, missing)
    return { ...head, ...place, dtype: dtypeOfClass(head.className) }
  } catch (error) {
    if (!(error instanceof StreamEnded)) throw error
    if (missing > 0) throw cutShort(file, `variable ${String(number)}`, missing)
    throw cutShort(file, `variable ${String(number)}`, error.missing)
  } finally {
    stream.close()
  }
}
