import { basename } from 'node:path'
import { bytesPerElement, type ArrayLayout } from '../../shared/array'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { chosenWord, usedChoices } from './choice-values'
import { externalReference, nameOfFile } from './cube-parts'
import type { DenseTensor } from './dense-tensor'
import type { Importer } from './importer'
import { npyLayout, readNpyHeader, startsLikeNpy } from './npy'
import { importArray, previewArray, requireNumbers } from './numpy-array'
import { withFile, type RandomAccessFile } from './random-access-file'
import { namedLikeMask } from './tensor-mask'
import { counted } from './wording'

/**
 * NumPy: one array a file, read in place whatever the order of its axes. Three axes are a cube or a tensor, any other
 * number is a tensor; a second file of the same shape is its mask.
 */
export const numpyImporter: Importer = {
  id: 'numpy',
  title: 'NumPy',
  extensions: ['npy'],

  async recognises(paths) {
    if (paths.length === 0 || paths.length > 2) return false
    for (const path of paths) {
      if (!/\.npy$/i.test(path) && !(await withFile(path, startsAsNpy))) return false
    }
    return true
  },

  async preview(paths, choices) {
    const pair = await pairOf(paths, choices)
    return withFile(pair.path, async (file) => {
      const found = await openPair(file, pair.mask)
      const { mask } = found
      return previewArray(found, choices, {
        format: { id: 'numpy', title: 'NumPy' },
        name: nameOfFile(file.path),
        external: true,
        bytes: file.bytes,
        facts: [{ label: 'File', value: `${counted(file.bytes, 'byte')}, stays where it is` }],
        variables: [
          { name: file.name, shape: found.shape, dtype: found.dtype, role: 'array' },
          ...(mask === null ? [] : [{ name: mask.name, shape: mask.shape, dtype: mask.dtype, role: 'mask' }]),
        ],
        options: maskFileOptions(paths, pair.mask),
      })
    })
  },

  async import(paths, choices, context) {
    const pair = await pairOf(paths, choices)
    return withFile(pair.path, async (file) => {
      context.onProgress('Reading the header', null)
      const found = await openPair(file, pair.mask)
      const at = (layout: ArrayLayout) => externalReference(layout, file)
      const { imported, options } = await importArray(found, choices, at, context)
      const files = [{ path: file.path, bytes: file.bytes, sha256: null }]
      if (pair.mask !== null) {
        files.push({ path: pair.mask, bytes: await sizeOf(pair.mask), sha256: null })
      }
      return {
        ...imported,
        origin: {
          type: 'file',
          format: 'numpy',
          files,
          choices: usedChoices([...maskFileOptions(paths, pair.mask), ...options]),
        },
      }
    })
  },
}

async function startsAsNpy(file: RandomAccessFile): Promise<boolean> {
  return startsLikeNpy(await file.readUpTo(0, 6))
}

function sizeOf(path: string): Promise<number> {
  return withFile(path, (file) => Promise.resolve(file.bytes))
}

async function openPair(file: RandomAccessFile, maskPath: string | null): Promise<DenseTensor> {
  const layout = await npyLayout(file)
  requireNumbers(layout, file.name)
  const mask =
    maskPath === null
      ? null
      : { ...(await readNpyHeader(maskPath)), path: maskPath, name: basename(maskPath) }
  return { ...layout, path: file.path, name: file.name, mask }
}

/** Which of two files is the mask: as chosen; the one of flags; the one with a telling name. */
async function pairOf(
  paths: readonly string[],
  choices: ImportChoices,
): Promise<{ path: string; mask: string | null }> {
  const [first, second] = paths
  if (first === undefined) throw new FiligreeError('not-found', 'No file was given.')
  if (second === undefined) return { path: first, mask: null }
  const names = [basename(first), basename(second)]
  const [one, other] = [await maskLikeness(first), await maskLikeness(second)]
  const chosen = chosenWord(choices, 'maskFile', names, (one > other ? names[0] : names[1]) ?? '')
  return chosen === names[0] ? { path: second, mask: first } : { path: first, mask: second }
}

async function maskLikeness(path: string): Promise<number> {
  const { dtype } = await readNpyHeader(path)
  const named = namedLikeMask(basename(path))
  return (dtype === 'bool' ? 4 : 0) + (named ? 2 : 0) + (bytesPerElement[dtype] === 1 ? 1 : 0)
}

function maskFileOptions(paths: readonly string[], mask: string | null): ImportOption[] {
  if (mask === null) return []
  return [
    {
      key: 'maskFile',
      title: 'Mask',
      help: 'The file that says which entries of the other one are there.',
      type: 'choice',
      choices: paths.map((path) => ({ value: basename(path), title: basename(path) })),
      value: basename(mask),
    },
  ]
}
