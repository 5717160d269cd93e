import { inWords } from '../../shared/words'
import { join } from 'node:path'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { chosenWord, usedChoices } from './choice-values'
import { nameOfFile } from './cube-parts'
import { describedFile } from './described-file'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { readComplexNumbers, readSparse } from './matlab5-sparse'
import { readMatlabDirectory, type MatlabDirectory, type MatlabVariable } from './matlab5-directory'
import { matrixDataset } from './matrix-dataset'
import { previewMatrix, readMatrix, withScratch, type MatrixReader } from './matrix-reading'
import { readNpyHeader } from './npy'
import { writeNpy } from './npy-writer'
import type { RandomAccessFile } from './random-access-file'
import { counted, grouped } from './wording'

const none = 'none'
/** Vectors a near-null space has at most: more columns are something else. */
const mostVectors = 24

/** What of a MATLAB file becomes a sparse matrix with what belongs to it. */
export interface MatlabMatrixPlan {
  directory: MatlabDirectory
  matrix: MatlabVariable
  parts: { part: string; variable: MatlabVariable }[]
  options: ImportOption[]
}

interface PartRule {
  part: string
  title: string
  help: string
  names: RegExp
  fits: (rows: number, columns: number, shape: readonly number[]) => boolean
}

const isColumn = (length: number, [rows = 0, columns = 0]: readonly number[]) =>
  (rows === length && columns === 1) || (rows === 1 && columns === length)

const partRules: readonly PartRule[] = [
  {
    part: 'rightHandSide',
    title: 'Right-hand side',
    help: 'A vector with as many entries as the matrix has rows.',
    names: /^(b|rhs|f)$/,
    fits: (rows, _, shape) => isColumn(rows, shape),
  },
  {
    part: 'knownSolution',
    title: 'Known solution',
    help: 'A vector with as many entries as the matrix has columns.',
    names: /^(x|xtrue|x_true|xexact|x_exact|u_exact|solution)$/,
    fits: (_, columns, shape) => isColumn(columns, shape),
  },
  {
    part: 'nearNullSpace',
    title: 'Near-null space',
    help: 'Vectors that the matrix nearly sends to nought, a column each; multigrid methods use them.',
    names: /^(B|nullspace|near_null_space)$/,
    fits: (_, columns, [rows = 0, vectors = 0]) => rows === columns && vectors <= mostVectors,
  },
  {
    part: 'coordinates',
    title: 'Coordinates of the unknowns',
    help: 'As many rows as the matrix has columns, and two or three coordinates.',
    names: /^(vertices|coordinates|nodes|xy|p)$/i,
    fits: (_, columns, [rows = 0, axes = 0]) => rows === columns && (axes === 2 || axes === 3),
  },
]

/** A sparse variable makes a file a matrix; null where there is none, or where something else was asked for. */
export async function planMatlabMatrix(
  file: RandomAccessFile,
  choices: ImportChoices,
): Promise<MatlabMatrixPlan | null> {
  const directory = await readMatlabDirectory(file)
  const sparse = directory.variables.filter(
    ({ className, shape }) => className === 'sparse' && shape.length === 2,
  )
  const [largest] = sparse.toSorted((a, b) => size(b) - size(a))
  if (largest === undefined) return null
  const names = sparse.map(({ name }) => name)
  const guess = names.includes('A') ? 'A' : largest.name
  const chosen = chosenWord(choices, 'matrix', names, guess)
  const matrix = sparse.find(({ name }) => name === chosen) ?? largest
  const options: ImportOption[] =
    sparse.length > 1
      ? [choiceOption('matrix', 'Matrix', 'The sparse variable that is imported.', names, chosen)]
      : []
  const parts: MatlabMatrixPlan['parts'] = []
  const [rows = 0, columns = 0] = matrix.shape
  for (const rule of partRules) {
    const candidates = directory.variables.filter(
      (variable) => variable.dtype !== null && rule.fits(rows, columns, variable.shape),
    )
    const named = candidates.find(({ name }) => rule.names.test(name))
    if (candidates.length === 0) continue
    const words = [none, ...candidates.map(({ name }) => name)]
    const word = chosenWord(choices, rule.part, words, named?.name ?? none)
    options.push(choiceOption(rule.part, rule.title, rule.help, words, word))
    const variable = candidates.find(({ name }) => name === word)
    if (variable !== undefined) parts.push({ part: rule.part, variable })
  }
  return { directory, matrix, parts, options }
}

/** The preview of a sparse matrix of a MATLAB file. */
export async function previewMatlabMatrix(
  file: RandomAccessFile,
  plan: MatlabMatrixPlan,
): Promise<ImporterPreview> {
  const { directory, matrix, parts, options } = plan
  return withScratch(null, async (scratch) =>
    previewMatrix(await reader(file, plan, scratch), {
      format: { id: 'matlab', title: 'MATLAB' },
      name: nameOfFile(file.path),
      bytes: file.bytes,
      facts: [
        { label: 'Numbers', value: matrix.complex ? 'complex' : 'real' },
        { label: 'File', value: `${counted(file.bytes, 'byte')}, copied into the project` },
      ],
      variables: directory.variables.map(({ name, shape, className, complex }) => ({
        name,
        shape,
        dtype: complex ? `complex ${className}` : className,
        role:
          name === matrix.name
            ? 'matrix'
            : inWords(parts.find(({ variable }) => variable.name === name)?.part ?? 'unused').toLowerCase(),
      })),
      options,
      warnings: [],
      partly: false,
      size: null,
    }),
  )
}

/** Copies a sparse matrix and what belongs to it into the project. */
export async function importMatlabMatrix(
  file: RandomAccessFile,
  plan: MatlabMatrixPlan,
  context: ImportContext,
): Promise<ImportedDataset> {
  const counts = await withScratch(context.folder, async (scratch) =>
    readMatrix(await reader(file, plan, scratch), null, context),
  )
  const left = plan.directory.variables.filter(
    ({ name }) => name !== plan.matrix.name && !plan.parts.some(({ variable }) => variable.name === name),
  )
  for (const { part, variable } of plan.parts) {
    const { values, dtype } = await readComplexNumbers(file, plan.directory, variable)
    const length = Math.max(...variable.shape)
    const shape = part === 'rightHandSide' || part === 'knownSolution' ? [length] : variable.shape
    await writeNpy(
      join(context.folder, `${part}.npy`),
      dtype,
      shape,
      inRows(values, shape, dtype === 'complex128'),
    )
  }
  const described = await describedFile(file, context)
  return {
    ...(await matrixDataset(
      context.folder,
      counts,
      plan.parts.map(({ part }) => part),
      left.length === 0
        ? []
        : [
            `Left out of the file: ${left.map(({ name, shape }) => `${name} (${shape.map(grouped).join(' × ')})`).join(', ')}.`,
          ],
    )),
    origin: {
      type: 'file',
      format: 'matlab',
      files: [described],
      choices: usedChoices(plan.options),
    },
  }
}

/** Reads the sparse variable into scratch files and lets the addon put its columns into rows. */
async function reader(
  file: RandomAccessFile,
  { directory, matrix }: MatlabMatrixPlan,
  scratch: string,
): Promise<MatrixReader> {
  const { rowIndices, columnPointers, values, dtype } = await readSparse(file, directory, matrix)
  const [rows = 0, columns = 0] = matrix.shape
  const path = (name: string) => join(scratch, `${name}.npy`)
  await writeNpy(path('ir'), 'int32', [rowIndices.length], rowIndices)
  await writeNpy(path('jc'), 'int32', [columnPointers.length], columnPointers)
  await writeNpy(path('pr'), dtype, [rowIndices.length], values)
  const source = async (name: string) => ({ ...(await readNpyHeader(path(name))), path: path(name) })
  const arrays = {
    ...{ rows, columns, pointers: 'columns' as const },
    values: await source('pr'),
    rowIndices: await source('ir'),
    columnIndices: await source('jc'),
  }
  return (native, _most, context) => native.compressEntries(arrays, context)
}

/** Numbers that lie column by column put row by row. */
function inRows(values: Float64Array, shape: readonly number[], complex: boolean): Float64Array {
  const [rows = 0, columns = 1] = shape
  if (columns === 1) return values
  const width = complex ? 2 : 1
  const out = new Float64Array(values.length)
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      for (let part = 0; part < width; part += 1) {
        out[(row * columns + column) * width + part] = values[(column * rows + row) * width + part] ?? 0
      }
    }
  }
  return out
}

function choiceOption(
  key: string,
  title: string,
  help: string,
  words: readonly string[],
  value: string,
): ImportOption {
  const choices = words.map((word) => ({ value: word, title: word === none ? 'None' : word }))
  return { key, title, help, type: 'choice', choices, value }
}

function size({ shape }: MatlabVariable): number {
  return shape.reduce((product, length) => product * length, 1)
}
