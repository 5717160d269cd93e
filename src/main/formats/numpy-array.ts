import type { ArrayLayout, ArrayReference, Axis } from '../../shared/array'
import { plainNumbers, type ImportChoices, type ImportOption, type ImportPreview } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { readWhole } from './array-reader'
import { summaryNotes } from './array-summary'
import { looksLikeTable, tableOfArrays, type ColumnArray } from './array-table'
import { axisOrderOption, axisOrders, guessAxisOrder, inCubeOrder, type AxisOrder } from './axis-order'
import { chosenWord } from './choice-values'
import { cubeAxes, cubeSizeText, previewPlane, summariseCube } from './cube-parts'
import { importDenseMatrix, previewDenseMatrix } from './dense-matrix'
import { importDense, planDense, previewDense, type DenseTensor } from './dense-tensor'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { requireReal } from './real-array'
import { importTable, previewTable, type TableContent } from './table-content'
import { counted, grouped, shapeText } from './wording'

const noScale = { scale: 1, noDataValue: null }

/** What an array can be taken for. */
export const arrayKinds = ['cube', 'tensor', 'table'] as const
export type ArrayKind = (typeof arrayKinds)[number]

/** A NumPy array of two axes may be a matrix besides, where the person says so. */
export const numpyKinds = [...arrayKinds, 'matrix'] as const
type NumpyKind = (typeof numpyKinds)[number]

/** What a format says of the file around an array, before the array itself is looked at. */
export type AboutFile = Pick<ImportPreview, 'format' | 'name' | 'external' | 'bytes' | 'variables'> & {
  facts: ImportPreview['facts']
  options: ImportOption[]
}

/** Throws `invalid-file` or `invalid-data` for an array that is neither a cube nor a tensor of real numbers. */
export function requireNumbers(layout: ArrayLayout, name: string): void {
  requireReal(layout.dtype, name)
  if (!layout.shape.includes(0)) return
  throw new FiligreeError('invalid-file', `${name} is empty: its size is ${shapeText(layout.shape)}.`)
}

/** The preview of an array as what the choices take it for. `readable` is false where reading it would take long. */
export async function previewArray(
  found: DenseTensor,
  choices: ImportChoices,
  about: AboutFile,
  readable = true,
): Promise<ImporterPreview> {
  const kind = kindOf(found, choices)
  const options = [...about.options, ...kindOptions(found, kind)]
  if (kind === 'table') {
    const content = await tableContent(found)
    const sources = about.variables.map((each) => (each.role === 'mask' ? { ...each, role: 'splits' } : each))
    return previewTable({ ...content, options }, choices, {
      ...about,
      sources,
      facts: [{ label: 'File', value: `${counted(about.bytes, 'byte')}, copied into the project` }],
      sample: false,
    })
  }
  if (kind === 'matrix') return previewDenseMatrix(found, { ...about, options })
  if (kind === 'tensor') {
    return previewDense(
      await planDense(found, choices, readable),
      { ...about, options, warnings: [] },
      readable,
    )
  }
  const { cube, order } = orderedCube(found, choices)
  const previewBand = Math.floor((cube.shape[2] ?? 1) / 2)
  return {
    preview: {
      ...about,
      kind: 'cube',
      facts: [
        { label: 'Size', value: cubeSizeText(cube.shape) },
        { label: 'Type', value: `${cube.dtype}, ${cube.byteOrder} endian` },
        ...about.facts,
      ],
      options: [...options, axisOrderOption(found.shape, order)],
      axes: axesOf(cube),
      truth: null,
      previewBand: readable ? previewBand : null,
      warnings: [],
    },
    plane: readable ? await previewPlane({ ...cube, path: found.path }, previewBand, noScale) : null,
  }
}

/** Imports an array as what the choices take it for. `at` tells where its numbers will lie. */
export async function importArray(
  found: DenseTensor,
  choices: ImportChoices,
  at: (layout: ArrayLayout) => ArrayReference,
  context: ImportContext,
): Promise<{ imported: Omit<ImportedDataset, 'origin'>; options: ImportOption[] }> {
  const kind = kindOf(found, choices)
  const asked = kindOptions(found, kind)
  if (kind === 'table') {
    const content = await tableContent(found)
    return importTable({ ...content, options: asked }, choices, context)
  }
  if (kind === 'matrix') return { imported: await importDenseMatrix(found, context), options: asked }
  if (kind === 'tensor') {
    const plan = await planDense(found, choices)
    const imported = await importDense(plan, at(found), context)
    return { imported, options: [...asked, ...plan.options] }
  }
  const { cube, order } = orderedCube(found, choices)
  const summary = await summariseCube({ ...cube, path: found.path }, noScale, context)
  return {
    imported: {
      kind: 'cube',
      array: at(cube),
      axes: axesOf(cube),
      ...plainNumbers,
      parts: {},
      summary,
      notes: summary === null ? [] : summaryNotes(summary),
    },
    options: [...asked, axisOrderOption(found.shape, order)],
  }
}

/**
 * Three axes are a cube unless a mask came along or a person says otherwise; two are a table where there are many more
 * rows than columns, or where a second array has as many rows and its own columns; anything else is a tensor.
 */
function kindOf(found: DenseTensor, choices: ImportChoices): NumpyKind {
  const { shape, mask } = found
  const fits = kindsFor(found)
  const likely =
    shape.length === 3 ? (mask === null ? 'cube' : 'tensor') : tableLike(found) ? 'table' : 'tensor'
  const kind = chosenWord(choices, 'kind', numpyKinds, likely)
  if (fits.includes(kind)) return kind
  if (mask === null || kind !== 'cube') return likely
  throw new FiligreeError(
    'invalid-parameter',
    'A cube has no mask: import it as a tensor, or without the mask.',
    { field: 'kind' },
  )
}

/** What the number of axes lets an array be. */
function kindsFor({ shape, mask }: DenseTensor): readonly NumpyKind[] {
  if (shape.length === 3) return mask === null ? ['cube', 'tensor'] : ['tensor']
  if (shape.length !== 2) return ['tensor']
  if (mask === null) return ['table', 'tensor', 'matrix']
  return String(mask.shape) === String(shape) ? ['table', 'tensor'] : ['table']
}

function tableLike(found: DenseTensor): boolean {
  const { shape, mask } = found
  if (shape.length !== 2) return false
  if (mask !== null) return String(mask.shape) !== String(shape) && mask.shape[0] === shape[0]
  return !found.dtype.includes('int') && looksLikeTable([columnArray(found)])
}

/** The question what an array is; nothing is asked where it can be one thing only. */
function kindOptions(found: DenseTensor, kind: NumpyKind): ImportOption[] {
  const fits = kindsFor(found)
  return fits.length > 1 ? [arrayKindOption(kind, fits)] : []
}

const kindTitles: Readonly<Record<NumpyKind, string>> = {
  cube: 'Hyperspectral cube',
  tensor: 'Tensor',
  table: 'Table with inputs and target',
  matrix: 'Sparse matrix',
}

/** The question whether an array is a cube, a tensor, a table or a matrix. */
export function arrayKindOption(kind: NumpyKind, fits: readonly NumpyKind[]): ImportOption {
  return {
    key: 'kind',
    title: 'Import as',
    help: fits.includes('cube')
      ? 'A cube has lines, samples and bands and can be unmixed; a tensor has modes of any meaning. Both can be decomposed.'
      : 'A table has a row for each observation and roles for its columns; a tensor has modes of any meaning.',
    type: 'choice',
    choices: fits.map((value) => ({ value, title: kindTitles[value] })),
    value: kind,
  }
}

/** The columns of a matrix, and the splits that came in a second file. */
function tableContent(found: DenseTensor): Promise<TableContent> {
  const { mask } = found
  const splits =
    mask === null ? [] : [{ ...columnArray({ ...mask, mask: null }), name: 'splits', flags: true }]
  if (mask !== null && mask.shape[0] !== found.shape[0]) {
    throw new FiligreeError(
      'invalid-file',
      `${mask.name} has splits for ${grouped(mask.shape[0] ?? 0)} rows, but ${found.name} has ${grouped(found.shape[0] ?? 0)}. They do not belong together.`,
    )
  }
  return tableOfArrays([columnArray(found), ...splits], found.name)
}

/** An array of a NumPy file as columns of a table. */
export function columnArray(found: DenseTensor): ColumnArray {
  return {
    name: 'column',
    shape: found.shape,
    flags: found.dtype === 'bool',
    fortran: false,
    read: async () => (await readWhole(found)).values,
  }
}

function orderedCube(stored: ArrayLayout, choices: ImportChoices): { cube: ArrayLayout; order: AxisOrder } {
  const none = { lines: null, samples: null, bands: null }
  const order = chosenWord(choices, 'axisOrder', axisOrders, guessAxisOrder(stored.shape, none))
  const { dtype, byteOrder, offset, shape, strides } = stored
  const cube = {
    ...{ dtype, byteOrder, offset },
    shape: inCubeOrder(order, shape),
    strides: inCubeOrder(order, strides),
  }
  return { cube, order }
}

function axesOf(cube: ArrayLayout): Axis[] {
  return cubeAxes(cube.shape, { wavelengths: null, unit: null, names: null })
}
