import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArrayLayout, ArrayReference } from '../../shared/array'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { arrayOption, maskOptions, noMask } from './array-options'
import { chosenWord, usedChoices } from './choice-values'
import { externalReference, nameOfFile, onlyPath } from './cube-parts'
import type { DenseTensor } from './dense-tensor'
import { sha256OfFile } from './file-hash'
import type { Importer } from './importer'
import { importArray, previewArray, requireNumbers } from './numpy-array'
import { extractMember, readNpzDirectory, type NpzDirectory, type NpzMember } from './npz-members'
import { importNpzMatrix, planNpzMatrix, previewNpzMatrix } from './npz-matrix'
import { importArrayTable, previewArrayTable } from './array-table-file'
import { planNpzTable } from './npz-table'
import { withFile, type RandomAccessFile } from './random-access-file'
import { namedLikeMask, type MaskSource } from './tensor-mask'
import { counted, listed, shapeText } from './wording'

/** Compressed arrays up to this size are unpacked for a picture. */
const unpackedForPicture = 512 * 1024 * 1024

/**
 * NumPy archives: the array is chosen, and with it a mask of the same shape. Uncompressed arrays (`numpy.savez`) are
 * read in place, compressed ones are unpacked into the project.
 */
export const npzImporter: Importer = {
  id: 'npz',
  title: 'NumPy archive',
  extensions: ['npz'],

  async recognises(paths) {
    return Promise.resolve(paths.length === 1 && /\.npz$/i.test(paths[0] ?? ''))
  },

  async preview(paths, choices) {
    return withFile(onlyPath(paths), async (file) => {
      const matrix = await planNpzMatrix(file)
      if (matrix !== null) return previewNpzMatrix(file, matrix)
      const table = await planNpzTable(file, choices)
      if (table !== null) return previewArrayTable(file, table, choices)
      const plan = await planNpz(file, choices)
      const { array, mask } = plan
      const inPlace = array.start !== null
      const readable = [array, mask].every(
        (member) => member?.start !== null || member.bytes <= unpackedForPicture,
      )
      const folder = await mkdtemp(join(tmpdir(), 'filigree-npz-'))
      try {
        const found = await locate(file, plan, readable ? folder : null, {})
        return await previewArray(
          found,
          choices,
          {
            format: { id: 'npz', title: 'NumPy archive' },
            name: `${nameOfFile(file.path)}${plan.directory.members.length > 1 ? ` ${array.name}` : ''}`,
            external: inPlace,
            bytes: file.bytes,
            facts: [
              {
                label: 'File',
                value: `${counted(file.bytes, 'byte')}, ${inPlace ? 'stays where it is' : 'unpacked into the project'}`,
              },
            ],
            variables: [
              ...plan.directory.members.map(({ name, layout }) => ({
                name,
                shape: layout.shape,
                dtype: layout.dtype,
                role: name === array.name ? 'array' : name === mask?.name ? 'mask' : 'unused',
              })),
              ...plan.directory.unreadable.map(({ name }) => ({
                ...{ name, shape: [], dtype: 'not read', role: 'unused' },
              })),
            ],
            options: plan.options,
          },
          readable,
        )
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    })
  },

  async import(paths, choices, context) {
    return withFile(onlyPath(paths), async (file) => {
      context.onProgress('Reading the archive', null)
      const matrix = await planNpzMatrix(file)
      if (matrix !== null) return importNpzMatrix(file, matrix, context)
      const table = await planNpzTable(file, choices)
      if (table !== null) return importArrayTable(file, table, choices, context)
      const plan = await planNpz(file, choices)
      const found = await locate(file, plan, context.folder, {
        signal: context.signal,
        onProgress: (fraction) => context.onProgress('Unpacking', fraction),
      })
      const unpacked = plan.array.start === null ? await projectReference(found.path, context.signal) : null
      const at = (layout: ArrayLayout): ArrayReference =>
        unpacked === null ? externalReference(layout, file) : { ...unpacked, ...plainLayout(layout) }
      const { imported, options } = await importArray(found, choices, at, context)
      // The mask the import wrote is the one that counts.
      await rm(join(context.folder, 'archived-mask.npy'), { force: true })
      return {
        ...imported,
        origin: {
          type: 'file',
          format: 'npz',
          files: [{ path: file.path, bytes: file.bytes, sha256: null }],
          choices: usedChoices([...plan.options, ...options]),
        },
      }
    })
  },
}

interface NpzPlan {
  directory: NpzDirectory
  array: NpzMember
  mask: NpzMember | null
  options: ImportOption[]
}

async function planNpz(file: RandomAccessFile, choices: ImportChoices): Promise<NpzPlan> {
  const directory = await readNpzDirectory(file)
  const arrays = directory.members.filter(
    ({ layout }) =>
      layout.shape.length > 1 && !layout.shape.includes(0) && !layout.dtype.startsWith('complex'),
  )
  if (arrays.length === 0) throw nothingToRead(file, directory)
  const byLikelihood = arrays.toSorted((a, b) => likelihood(b) - likelihood(a))
  const name = chosenWord(
    choices,
    'array',
    arrays.map((member) => member.name),
    byLikelihood[0]?.name ?? '',
  )
  const array = arrays.find((member) => member.name === name)
  if (array === undefined) throw new RangeError(`No array ${name}`)
  requireNumbers(array.layout, `${array.name} in ${file.name}`)
  const masks = arrays.filter(
    (member) => member !== array && String(member.layout.shape) === String(array.layout.shape),
  )
  const guess = masks.find(isMaskLike)?.name ?? noMask
  const maskNames = [noMask, ...masks.map((member) => member.name)]
  const maskName = chosenWord(choices, 'mask', maskNames, guess)
  return {
    directory,
    array,
    mask: masks.find((member) => member.name === maskName) ?? null,
    options: [
      arrayOption('The array of the archive that is imported.', arrays.map(named), name),
      ...maskOptions(
        'An array of the same shape that says which entries are there.',
        masks.map(named),
        maskName,
      ),
    ],
  }
}

function named({ name, layout }: NpzMember): { name: string; shape: readonly number[] } {
  return { name, shape: layout.shape }
}

function isMaskLike({ name, layout }: NpzMember): boolean {
  return layout.dtype === 'bool' || namedLikeMask(name)
}

function likelihood(member: NpzMember): number {
  return isMaskLike(member) ? 0 : member.bytes
}

function nothingToRead(file: RandomAccessFile, { members, unreadable }: NpzDirectory): FiligreeError {
  const [first] = unreadable
  const found = members.slice(0, 6).map(({ name, layout }) => `${name} (${shapeText(layout.shape)})`)
  return new FiligreeError(
    'invalid-file',
    found.length > 0
      ? `${file.name} holds no array of real numbers with two or more axes. It has ${listed(found)}.`
      : (first?.reason ?? `${file.name} holds no arrays.`),
  )
}

/** Files in which the array and its mask can be read: the archive itself, or what is unpacked into `folder`. */
async function locate(
  file: RandomAccessFile,
  { array, mask }: NpzPlan,
  folder: string | null,
  watch: { signal?: AbortSignal; onProgress?: (fraction: number) => void },
): Promise<DenseTensor> {
  const place = async (member: NpzMember, unpacked: string): Promise<Omit<DenseTensor, 'mask'>> => {
    const { layout, name, start } = member
    if (start !== null) return { ...layout, offset: start + layout.offset, path: file.path, name }
    if (folder === null) return { ...layout, path: file.path, name }
    const path = join(folder, unpacked)
    await extractMember(file, member, path, watch)
    return { ...layout, path, name }
  }
  const maskSource: MaskSource | null = mask === null ? null : await place(mask, 'archived-mask.npy')
  return { ...(await place(array, 'array.npy')), mask: maskSource }
}

async function projectReference(
  path: string,
  signal: AbortSignal,
): Promise<Omit<ArrayReference, keyof ArrayLayout>> {
  const sha256 = await withFile(path, (file) => sha256OfFile(file, signal))
  const { size } = await stat(path)
  return { location: 'project', file: 'array.npy', bytes: size, sha256, modifiedAt: null }
}

function plainLayout({ dtype, byteOrder, offset, shape, strides }: ArrayLayout): ArrayLayout {
  return { dtype, byteOrder, offset, shape, strides }
}
