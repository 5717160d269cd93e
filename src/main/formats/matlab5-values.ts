import { bytesPerElement, elementCount } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { StreamEnded } from './byte-stream'
import {
  cutShort,
  largestContent,
  openVariable,
  type MatlabDirectory,
  type MatlabVariable,
} from './matlab5-directory'
import { ElementReader, elementType, utf8Type } from './matlab5-element'
import type { RandomAccessFile } from './random-access-file'
import { decodeElements, requireReal, type RealArray } from './real-array'
import { counted, shapeText } from './wording'

/** Most entries of a list of names, and the longest of them. */
const mostStrings = 100_000
const longestStringBytes = 64 * 1024

/**
 * The numbers of a real dense variable in MATLAB's order (first axis fastest), in the type they are stored
 * in, which may be narrower than the variable's class. Throws `invalid-file` for damage and missing bytes,
 * `invalid-data` for complex numbers.
 */
export async function readNumbers(
  file: RandomAccessFile,
  directory: MatlabDirectory,
  variable: MatlabVariable,
): Promise<RealArray> {
  if (variable.dtype === null) {
    throw new FiligreeError(
      'invalid-data',
      `${variable.name} in ${file.name} is a ${variable.className}, not an array of numbers.`,
    )
  }
  if (variable.complex) requireReal('complex128', `${variable.name} in ${file.name}`)
  return withReader(file, directory, variable, async (reader) => {
    await reader.matrixHead()
    const tag = await reader.tag()
    const dtype = reader.storedType(tag)
    const count = elementCount(variable.shape)
    if (tag.bytes !== count * bytesPerElement[dtype]) {
      throw reader.damaged(
        `${counted(tag.bytes, 'byte')} for the ${shapeText(variable.shape)} numbers of ${variable.name}`,
      )
    }
    if (tag.bytes > largestContent(variable)) {
      throw reader.damaged(
        `a promise of ${counted(tag.bytes, 'byte')} for ${variable.name}, more than the file can hold`,
      )
    }
    const bytes = await reader.data(tag)
    return decodeElements(dtype, directory.littleEndian ? 'little' : 'big', bytes.buffer, count)
  })
}

/** Text of a char array (one string a row) or of a cell array (one string a cell, '' for cells without text). */
export async function readStrings(
  file: RandomAccessFile,
  directory: MatlabDirectory,
  variable: MatlabVariable,
): Promise<string[]> {
  const count = elementCount(variable.shape)
  if (count > mostStrings) {
    throw new FiligreeError(
      'invalid-file',
      `${variable.name} in ${file.name} has ${counted(count, 'entry', 'entries')}; that is no list of names.`,
    )
  }
  return withReader(file, directory, variable, async (reader) => {
    const head = await reader.matrixHead()
    if (head.className === 'char') return readText(reader, directory, head.shape)
    if (head.className !== 'cell') return []
    const strings: string[] = []
    for (let cell = 0; cell < count; cell += 1) {
      const tag = await reader.tag()
      if (tag.type !== elementType.matrix) throw reader.damaged(`a cell of ${variable.name} that is no array`)
      strings.push(await readCell(reader, directory, tag.bytes))
    }
    return strings
  })
}

async function readCell(reader: ElementReader, directory: MatlabDirectory, bytes: number): Promise<string> {
  if (bytes === 0) return ''
  const content = await reader.nested(bytes, longestStringBytes)
  if (content === null) return ''
  try {
    const head = await content.matrixHead()
    return head.className === 'char' ? (await readText(content, directory, head.shape)).join(' ') : ''
  } catch (error) {
    if (error instanceof StreamEnded) throw reader.damaged('a cell that ends early')
    throw error
  }
}

/** Rows of a char array; characters lie column by column. */
async function readText(
  reader: ElementReader,
  directory: MatlabDirectory,
  shape: readonly number[],
): Promise<string[]> {
  const tag = await reader.tag()
  const bytes = await reader.shortData(tag, mostStrings * 16, 'a text')
  const dtype = reader.storedType(tag)
  const [rows = 0] = shape
  if (tag.type === utf8Type && rows === 1) return [new TextDecoder().decode(bytes).trimEnd()]
  const count = Math.floor(bytes.length / bytesPerElement[dtype])
  const codes = decodeElements(dtype, directory.littleEndian ? 'little' : 'big', bytes.buffer, count)
  return Array.from({ length: Math.min(rows, count) }, (_, row) => {
    let text = ''
    for (let at = row; at < codes.length; at += rows) text += String.fromCharCode(codes[at] ?? 0)
    return text.replaceAll('\0', '').trimEnd()
  })
}

/** Runs `use` with a reader at the head of a variable; a stream that ends early is told as a file cut short. */
export async function withReader<Result>(
  file: RandomAccessFile,
  directory: MatlabDirectory,
  variable: MatlabVariable,
  use: (reader: ElementReader) => Promise<Result>,
): Promise<Result> {
  const stream = openVariable(file, variable)
  try {
    const reader = new ElementReader(stream, directory.littleEndian, file.name)
    if (variable.compressed) await reader.tag()
    return await use(reader)
  } catch (error) {
    if (error instanceof StreamEnded) throw cutShort(file, `the variable ${variable.name}`, error.missing)
    throw error
  } finally {
    stream.close()
  }
}
