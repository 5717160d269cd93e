import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { readWhole } from './array-reader'
import { columnArrays, looksLikeTable, roleInTable, tableOfArrays, type ColumnArray } from './array-table'
import { chosenWord, usedChoices } from './choice-values'
import { nameOfFile } from './cube-parts'
import { sha256OfFile } from './file-hash'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { extractMember, readNpzDirectory, type NpzDirectory, type NpzMember } from './npz-members'
import { arrayKindOption, numpyKinds } from './numpy-array'
import type { RandomAccessFile } from './random-access-file'
import { importTable, previewTable } from './table-content'
import { counted } from './wording'

/** The arrays of an archive that are the columns of a table. */
export interface NpzTablePlan {
  directory: NpzDirectory
  arrays: ColumnArray[]
  options: ImportOption[]
}

/** What the choices make of an archive as a table, such as one of inputs X and a target y; null where it is none. */
export async function planNpzTable(
  file: RandomAccessFile,
  choices: ImportChoices,
): Promise<NpzTablePlan | null> {
  const directory = await readNpzDirectory(file)
  const readable = directory.members.filter(({ layout }) => !layout.dtype.startsWith('complex'))
  const arrays = columnArrays(
    readable.map((member) => ({
      name: member.name,
      shape: member.layout.shape,
      flags: member.layout.dtype === 'bool',
      fortran: false,
      read: () => readMember(file, member),
    })),
  )
  if (arrays.length === 0) return null
  const matrices = readable.filter(({ layout }) => layout.shape.length > 1)
  const others = matrices.some(({ layout }) => layout.shape.length > 2)
  const guess = matrices.length === 0 || (!others && looksLikeTable(arrays)) ? 'table' : 'tensor'
  if (chosenWord(choices, 'kind', numpyKinds, guess) !== 'table') return null
  const options = matrices.length === 0 ? [] : [arrayKindOption('table', ['table', 'tensor'])]
  return { directory, arrays, options }
}

export async function previewNpzTable(
  file: RandomAccessFile,
  { directory, arrays, options }: NpzTablePlan,
  choices: ImportChoices,
): Promise<ImporterPreview> {
  const content = await tableOfArrays(arrays, file.name)
  return previewTable({ ...content, options }, choices, {
    format: { id: 'npz', title: 'NumPy archive' },
    name: nameOfFile(file.path),
    bytes: file.bytes,
    facts: [{ label: 'File', value: `${counted(file.bytes, 'byte')}, copied into the project` }],
    sources: directory.members.map(({ name, layout }) => {
      const array = arrays.find((each) => each.name === name)
      return {
        ...{ name, shape: layout.shape, dtype: layout.dtype },
        role: array === undefined ? 'unused' : roleInTable(array),
      }
    }),
    sample: false,
  })
}

export async function importNpzTable(
  file: RandomAccessFile,
  { arrays, options }: NpzTablePlan,
  choices: ImportChoices,
  context: ImportContext,
): Promise<ImportedDataset> {
  context.onProgress('Hashing the file', null)
  const sha256 = await sha256OfFile(file, context.signal)
  const content = await tableOfArrays(arrays, file.name)
  const made = await importTable({ ...content, options }, choices, context)
  return {
    ...made.imported,
    origin: {
      type: 'file',
      format: 'npz',
      files: [{ path: file.path, bytes: file.bytes, sha256 }],
      choices: usedChoices(made.options),
    },
  }
}

/** The numbers of an array in C order; a compressed one is unpacked aside. */
async function readMember(file: RandomAccessFile, member: NpzMember): Promise<Float64Array> {
  const { layout, start } = member
  if (start !== null) {
    const { values } = await readWhole({ ...layout, offset: start + layout.offset, path: file.path })
    return values
  }
  const folder = await mkdtemp(join(tmpdir(), 'filigree-npz-'))
  try {
    const path = join(folder, 'array.npy')
    await extractMember(file, member, path, {})
    return (await readWhole({ ...layout, path })).values
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
