import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { elementCount, type ArrayReference, type DType } from '../../shared/array'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { arrayOption, maskOptions, noMask } from './array-options'
import { chosenWord, usedChoices } from './choice-values'
import { nameOfFile } from './cube-parts'
import { importDense, planDense, previewDense, type DensePlan } from './dense-tensor'
import { describedFile } from './described-file'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { readMatlabFacts, type MatlabFacts } from './matlab-facts'
import { readMatlabDirectory, type MatlabVariable } from './matlab5-directory'
import { readNumbers } from './matlab5-values'
import { writeNpyThrough } from './npy-writer'
import { arrayKindOption, arrayKinds, type ArrayKind } from './numpy-array'
import type { RandomAccessFile } from './random-access-file'
import { allocateReal } from './real-array'
import { namedLikeMask } from './tensor-mask'

/** What of a MATLAB file becomes a tensor, and which variable says what of it is missing. */
export interface MatlabTensorPlan {
  facts: MatlabFacts
  variable: MatlabVariable
  mask: MatlabVariable | null
  options: ImportOption[]
}

/** Real dense arrays with at least two axes longer than one; axes of size 1 stay, for they are modes too. */
function tensorsIn({ directory }: MatlabFacts): MatlabVariable[] {
  return directory.variables.filter(
    ({ dtype, complex, shape }) =>
      dtype !== null && !complex && shape.filter((size) => size > 1).length > 1 && !shape.includes(0),
  )
}

/**
 * The question whether a file is a cube or a tensor, answered with `kind`. It is asked where an array has more than
 * two axes, or where nothing says that a matrix is a scene.
 */
export function matlabKindOptions(facts: MatlabFacts, kind: ArrayKind): ImportOption[] {
  const arrays = tensorsIn(facts)
  const open = arrays.some(({ shape }) => shape.length > 2) || facts.hints.pixels === null
  return arrays.length > 0 && open ? [arrayKindOption(kind, arrayKinds)] : []
}

/** What the choices make of a MATLAB file as a tensor; null where it is taken for a cube. */
export async function planMatlabTensor(
  file: RandomAccessFile,
  choices: ImportChoices,
): Promise<MatlabTensorPlan | null> {
  const facts = await readMatlabFacts(file, await readMatlabDirectory(file))
  const arrays = tensorsIn(facts).toSorted((a, b) => likelihood(b) - likelihood(a))
  const [likeliest] = arrays
  if (likeliest === undefined) return null
  const flags = (variable: MatlabVariable) => isFlags(file, facts, variable)
  const likeliestMask = await firstOf(sameShape(arrays, likeliest), flags)
  // Four and more axes are no scene, and neither is an array with a mask; sizes named in the file say it is one.
  const guess =
    facts.hints.pixels === null &&
    (likeliest.shape.length > 3 || (likeliest.shape.length === 3 && likeliestMask !== null))
      ? 'tensor'
      : 'cube'
  if (chosenWord(choices, 'kind', arrayKinds, guess) === 'cube') return null
  const names = arrays.map(({ name }) => name)
  const chosen = chosenWord(choices, 'array', names, likeliest.name)
  const variable = arrays.find(({ name }) => name === chosen) ?? likeliest
  const masks = sameShape(arrays, variable)
  const guessedMask = variable === likeliest ? likeliestMask : await firstOf(masks, flags)
  const maskNames = [noMask, ...masks.map(({ name }) => name)]
  const maskName = chosenWord(choices, 'mask', maskNames, guessedMask?.name ?? noMask)
  return {
    facts,
    variable,
    mask: masks.find(({ name }) => name === maskName) ?? null,
    options: [
      ...matlabKindOptions(facts, 'tensor'),
      arrayOption('The variable that is imported.', arrays, variable.name),
      ...maskOptions('A variable of the same size that says which entries are there.', masks, maskName),
    ],
  }
}

/** The preview of a MATLAB tensor; its numbers are unpacked aside for the picture. */
export async function previewMatlabTensor(
  file: RandomAccessFile,
  plan: MatlabTensorPlan,
  choices: ImportChoices,
): Promise<ImporterPreview> {
  const { facts, variable, mask, options } = plan
  const folder = await mkdtemp(join(tmpdir(), 'filigree-matlab-'))
  try {
    const { dense } = await unpack(file, plan, folder, choices)
    return await previewDense(dense, {
      format: { id: 'matlab', title: 'MATLAB' },
      name: nameOfFile(file.path),
      external: false,
      bytes: file.bytes,
      facts: [],
      variables: facts.directory.variables.map(({ name, shape, className, complex }) => ({
        name,
        shape,
        dtype: complex ? `complex ${className}` : className,
        role: name === variable.name ? 'array' : name === mask?.name ? 'mask' : 'unused',
      })),
      options,
      warnings: [],
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Copies a tensor of a MATLAB file into the project, its modes in the order of the variable's axes. */
export async function importMatlabTensor(
  file: RandomAccessFile,
  plan: MatlabTensorPlan,
  choices: ImportChoices,
  context: ImportContext,
): Promise<ImportedDataset> {
  const described = await describedFile(file, context)
  context.onProgress('Writing the tensor', null)
  const { dense, array } = await unpack(file, plan, context.folder, choices)
  const imported = await importDense(dense, array, context)
  // The mask the import wrote is the one that counts.
  await rm(join(context.folder, maskFile), { force: true })
  return {
    ...imported,
    origin: {
      type: 'file',
      format: 'matlab',
      files: [described],
      choices: usedChoices([...plan.options, ...dense.options]),
    },
  }
}

const maskFile = 'variable-mask.npy'

/** Writes the numbers and the mask of a plan as .npy into a folder, first axis fastest as MATLAB has them. */
async function unpack(
  file: RandomAccessFile,
  { facts, variable, mask }: MatlabTensorPlan,
  folder: string,
  choices: ImportChoices,
): Promise<{ dense: DensePlan; array: ArrayReference }> {
  const { shape } = variable
  const write = (name: string, dtype: DType, values: ArrayBufferView) =>
    writeNpyThrough(join(folder, name), dtype, shape, (writer) => writer.write(values), true)
  const dtype = storedTypeOf(variable)
  const numbers = allocateReal(dtype, elementCount(shape))
  numbers.set(await readNumbers(file, facts.directory, variable))
  const array = await write('array.npy', dtype, numbers)
  const flags = mask === null ? null : await readNumbers(file, facts.directory, mask)
  const written =
    flags === null
      ? null
      : await write(
          maskFile,
          'bool',
          Uint8Array.from(flags, (flag) => (flag === 0 ? 0 : 1)),
        )
  const dense = await planDense(
    {
      ...array,
      path: join(folder, array.file),
      name: variable.name,
      mask:
        mask === null || written === null
          ? null
          : { ...written, path: join(folder, maskFile), name: mask.name },
    },
    choices,
  )
  return { dense, array }
}

/** The type a variable keeps in the project: its own; 64-bit integers become doubles. */
export function storedTypeOf({ dtype }: MatlabVariable): DType {
  return dtype === null || dtype === 'int64' || dtype === 'uint64' ? 'float64' : dtype
}

/** Whether a variable holds flags: named like a mask, or bytes (MATLAB's logical) of nothing but 0 and 1. */
async function isFlags(
  file: RandomAccessFile,
  facts: MatlabFacts,
  variable: MatlabVariable,
): Promise<boolean> {
  if (namedLikeMask(variable.name)) return true
  if (variable.className !== 'uint8') return false
  const values = await readNumbers(file, facts.directory, variable)
  return values.every((value) => value === 0 || value === 1)
}

function sameShape(arrays: readonly MatlabVariable[], variable: MatlabVariable): MatlabVariable[] {
  return arrays.filter(
    ({ name, shape }) => name !== variable.name && String(shape) === String(variable.shape),
  )
}

/** Larger arrays are likelier; flags are the tensor only where nothing else is. */
function likelihood({ name, shape, className }: MatlabVariable): number {
  const weight = namedLikeMask(name) ? 1 / 1024 : className === 'uint8' ? 1 / 2 : 1
  return weight * elementCount(shape)
}

async function firstOf<Item>(
  items: readonly Item[],
  fits: (item: Item) => Promise<boolean>,
): Promise<Item | null> {
  for (const item of items) if (await fits(item)) return item
  return null
}
