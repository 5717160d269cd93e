import { bytesPerElement, elementCount } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import { largestContent, type MatlabDirectory, type MatlabVariable } from './matlab5-directory'
import type { ElementReader } from './matlab5-element'
import { withReader } from './matlab5-values'
import type { RandomAccessFile } from './random-access-file'
import { decodeElements } from './real-array'
import { grouped } from './wording'

/** A sparse variable in compressed columns, as MATLAB keeps it; complex values lie as pairs. */
export interface MatlabSparse {
  rowIndices: Int32Array
  columnPointers: Int32Array
  values: Float64Array
  dtype: 'float64' | 'complex128'
}

/**
 * The arrays of a sparse variable. Only what the column pointers count is taken: the file may hold room for more.
 * Throws `invalid-file` for damage and for pointers that do not fit.
 */
export async function readSparse(
  file: RandomAccessFile,
  directory: MatlabDirectory,
  variable: MatlabVariable,
): Promise<MatlabSparse> {
  return withReader(file, directory, variable, async (reader) => {
    await reader.matrixHead()
    const next = (what: string) => nextNumbers(reader, directory, variable, what)
    const rows = await next('row indices')
    const pointers = await next('column pointers')
    const real = await next('values')
    const imaginary = variable.complex ? await next('imaginary parts') : null
    const [, columns = 0] = variable.shape
    const entries = pointers[columns] ?? -1
    if (pointers.length !== columns + 1 || entries < 0 || entries > rows.length || entries > real.length) {
      throw reader.damaged(
        `column pointers for ${grouped(entries)} entries of ${variable.name}, which has ${grouped(rows.length)} row indices and ${grouped(real.length)} values`,
      )
    }
    return {
      rowIndices: Int32Array.from(rows.subarray(0, entries)),
      columnPointers: Int32Array.from(pointers),
      values: interleaved(real, imaginary, entries),
      dtype: imaginary === null ? 'float64' : 'complex128',
    }
  })
}

/** The numbers of a dense variable as doubles in MATLAB's order; complex ones as pairs. */
export async function readComplexNumbers(
  file: RandomAccessFile,
  directory: MatlabDirectory,
  variable: MatlabVariable,
): Promise<Pick<MatlabSparse, 'values' | 'dtype'>> {
  return withReader(file, directory, variable, async (reader) => {
    await reader.matrixHead()
    const real = await nextNumbers(reader, directory, variable, 'values')
    const imaginary = variable.complex
      ? await nextNumbers(reader, directory, variable, 'imaginary parts')
      : null
    const count = elementCount(variable.shape)
    if (real.length !== count) {
      throw reader.damaged(`${grouped(real.length)} numbers for the ${grouped(count)} of ${variable.name}`)
    }
    const values = interleaved(real, imaginary, count)
    const at = values.findIndex((value) => !Number.isFinite(value))
    if (at >= 0) {
      throw new FiligreeError(
        'invalid-data',
        `${variable.name} in ${file.name} holds ${String(values[at])}. Replace it and save the file again.`,
      )
    }
    return { values, dtype: imaginary === null ? 'float64' : 'complex128' }
  })
}

async function nextNumbers(
  reader: ElementReader,
  directory: MatlabDirectory,
  variable: MatlabVariable,
  what: string,
): Promise<Float64Array> {
  const tag = await reader.tag()
  const dtype = reader.storedType(tag)
  if (tag.bytes > largestContent(variable)) {
    throw reader.damaged(`a promise of more ${what} of ${variable.name} than the file can hold`)
  }
  const bytes = await reader.data(tag)
  const count = Math.floor(bytes.length / bytesPerElement[dtype])
  return Float64Array.from(
    decodeElements(dtype, directory.littleEndian ? 'little' : 'big', bytes.buffer, count),
    Number,
  )
}

function interleaved(real: Float64Array, imaginary: Float64Array | null, count: number): Float64Array {
  if (imaginary === null) return real.subarray(0, count).slice()
  const values = new Float64Array(2 * count)
  for (let at = 0; at < count; at += 1) {
    values[2 * at] = real[at] ?? 0
    values[2 * at + 1] = imaginary[at] ?? 0
  }
  return values
}
