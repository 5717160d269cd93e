import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ImportChoices } from '../../shared/dataset'
import { readWhole } from './array-reader'
import { columnArrays, looksLikeTable } from './array-table'
import type { ArrayTablePlan } from './array-table-file'
import { chosenWord } from './choice-values'
import { extractMember, readNpzDirectory, type NpzMember } from './npz-members'
import { arrayKindOption, numpyKinds } from './numpy-array'
import type { RandomAccessFile } from './random-access-file'

/** What the choices make of an archive as a table, such as one of inputs X and a target y; null where it is none. */
export async function planNpzTable(
  file: RandomAccessFile,
  choices: ImportChoices,
): Promise<ArrayTablePlan | null> {
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
  return {
    format: { id: 'npz', title: 'NumPy archive' },
    arrays,
    sources: directory.members.map(({ name, layout }) => ({
      ...{ name, shape: layout.shape, dtype: layout.dtype },
    })),
    options,
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
