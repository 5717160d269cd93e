import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FiligreeError } from '../../shared/failure'
import type { ArraySource } from '../../shared/array'
import { readWhole } from './array-reader'
import { nameOfFile } from './cube-parts'
import { describedFile } from './described-file'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { matrixDataset } from './matrix-dataset'
import { previewMatrix, withScratch, type MatrixReader } from './matrix-reading'
import { extractMember, extractNamed, readNpzDirectory, type NpzDirectory } from './npz-members'
import { dataOfSystem, readStack, stackedSystems, type StackedArrays } from './npz-systems'
import type { RandomAccessFile } from './random-access-file'
import { counted, grouped } from './wording'

/** Names of arrays that may lie beside a matrix or a stack of them. */
const sideNames = ['b', 'rhs', 'rightHandSide']
const parameterNames = ['parameters', 'params']

/**
 * A sparse matrix of SciPy in an archive, or a stack of them with one pattern: `data` then has a row for each system.
 * Right-hand sides (`b`) and parameters of the systems (`parameters`) may lie beside it.
 */
export interface NpzMatrixPlan {
  directory: NpzDirectory
  format: 'csr' | 'csc' | 'coo'
}

/**
 * Finds the arrays that `scipy.sparse.save_npz` writes; null where an archive holds something else. Throws
 * `invalid-file` for the formats of SciPy that are not read.
 */
export async function planNpzMatrix(file: RandomAccessFile): Promise<NpzMatrixPlan | null> {
  const directory = await readNpzDirectory(file)
  const names = new Set(directory.members.map(({ name }) => name))
  const hasFormat = directory.unreadable.some(({ name }) => name === 'format')
  if (!hasFormat || !names.has('shape') || !names.has('data')) return null
  const format = await withScratch(null, async (scratch) => {
    const path = join(scratch, 'format.npy')
    await extractNamed(file, 'format.npy', path)
    // The word stands at the end, behind the header: 'csr' in bytes, or with zeros between in UTF-32.
    return new TextDecoder('latin1')
      .decode(await readFile(path))
      .replaceAll('\0', '')
      .slice(-3)
  })
  if (format === 'csr' || format === 'csc' || format === 'coo') return { directory, format }
  throw new FiligreeError(
    'invalid-file',
    `${file.name} is a sparse matrix in SciPy's format ${format}. Save it with save_npz(name, matrix.tocsr()) and import that.`,
  )
}

/** The preview of a SciPy matrix. */
export async function previewNpzMatrix(
  file: RandomAccessFile,
  plan: NpzMatrixPlan,
): Promise<ImporterPreview> {
  const { members } = plan.directory
  const systems = stackedSystems(members.find(({ name }) => name === 'data')?.layout ?? { shape: [] })
  const role = (name: string) => {
    if (sideNames.includes(name)) return 'right-hand side'
    if (parameterNames.includes(name)) return 'parameters'
    return name === 'data' ? 'values' : 'indices'
  }
  return withScratch(null, async (scratch) => {
    const { stack, readerOf } = await opened(file, plan, scratch)
    return previewMatrix(readerOf(dataOfSystem(stack.data, 0)), {
      format: { id: 'npz', title: 'NumPy archive' },
      name: nameOfFile(file.path),
      bytes: file.bytes,
      facts: [
        { label: 'Format', value: `SciPy, ${plan.format}` },
        ...(systems > 1 ? [{ label: 'Systems', value: grouped(systems) }] : []),
        { label: 'File', value: `${counted(file.bytes, 'byte')}, copied into the project` },
      ],
      variables: members.map(({ name, layout }) => ({
        ...{ name, shape: layout.shape, dtype: layout.dtype },
        role: role(name),
      })),
      options: [],
      warnings: [],
      partly: false,
      size: null,
    })
  })
}

/** Copies a SciPy matrix into the project. */
export async function importNpzMatrix(
  file: RandomAccessFile,
  plan: NpzMatrixPlan,
  context: ImportContext,
): Promise<ImportedDataset> {
  const { counts, parts } = await withScratch(context.folder, async (scratch) => {
    const { stack, readerOf } = await opened(file, plan, scratch)
    return readStack(stack, readerOf, scratch, context)
  })
  const described = await describedFile(file, context)
  return {
    ...(await matrixDataset(context.folder, counts, parts, [])),
    origin: {
      type: 'file',
      format: 'npz',
      files: [described],
      choices: {},
    },
  }
}

/** Unpacks the arrays of the archive into the scratch folder. */
async function opened(
  file: RandomAccessFile,
  { directory, format }: NpzMatrixPlan,
  scratch: string,
): Promise<{ stack: StackedArrays; readerOf: (data: ArraySource) => MatrixReader }> {
  const optional = async (names: readonly string[]): Promise<ArraySource | null> => {
    const name = names.find((each) => directory.members.some((member) => member.name === each))
    return name === undefined ? null : source(name)
  }
  const source = async (name: string): Promise<ArraySource> => {
    const member = directory.members.find((candidate) => candidate.name === name)
    if (member === undefined) {
      throw new FiligreeError(
        'invalid-file',
        `${file.name} has no array '${name}', which a ${format} matrix needs.`,
      )
    }
    const path = join(scratch, `${name}.npy`)
    await extractMember(file, member, path)
    return { ...member.layout, path }
  }
  const { values: size } = await readWhole(await source('shape'))
  const [rows = 0, columns = 0] = Array.from(size, Number)
  const most = 2 ** 31 - 1
  if (size.length !== 2 || !(rows > 0 && rows <= most && columns > 0 && columns <= most)) {
    throw new FiligreeError(
      'invalid-file',
      `${file.name} announces a size of ${grouped(rows)} × ${grouped(columns)}, which no matrix here can have.`,
    )
  }
  const [first, second] = format === 'coo' ? ['row', 'col'] : ['indptr', 'indices']
  const pointers = { csr: 'rows', csc: 'columns', coo: 'neither' } as const
  const [one, two] = [await source(first), await source(second)]
  const [rowIndices, columnIndices] = format === 'csc' ? [two, one] : [one, two]
  const sources = { rows, columns, rowIndices, columnIndices, pointers: pointers[format] }
  return {
    stack: {
      data: await source('data'),
      rightHandSide: await optional(sideNames),
      parameters: await optional(parameterNames),
    },
    readerOf: (data) => (native, _mostBytes, context) =>
      native.compressEntries({ ...sources, values: data }, context),
  }
}
