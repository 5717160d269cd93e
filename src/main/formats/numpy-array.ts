import type { ArrayLayout, ArrayReference, Axis } from '../../shared/array'
import type { ImportChoices, ImportOption, ImportPreview } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { summaryNotes } from './array-summary'
import { axisOrderOption, axisOrders, guessAxisOrder, inCubeOrder, type AxisOrder } from './axis-order'
import { chosenWord } from './choice-values'
import { cubeAxes, cubeSizeText, previewPlane, summariseCube } from './cube-parts'
import { importDense, planDense, previewDense, type DenseTensor } from './dense-tensor'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { requireReal } from './real-array'
import { shapeText } from './wording'

const noScale = { scale: 1, noDataValue: null }

/** What an array with three axes can be taken for. */
export const arrayKinds = ['cube', 'tensor'] as const
export type ArrayKind = (typeof arrayKinds)[number]

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
      quantity: { name: 'Value', unit: null },
      ...noScale,
      parts: {},
      goodBands: null,
      displayBands: null,
      truth: null,
      summary,
      notes: summary === null ? [] : summaryNotes(summary),
    },
    options: [...asked, axisOrderOption(found.shape, order)],
  }
}

/** Three axes are a cube unless a mask came along or a person says otherwise; anything else is a tensor. */
function kindOf({ shape, mask }: DenseTensor, choices: ImportChoices): ArrayKind {
  if (shape.length !== 3) return 'tensor'
  const kind = chosenWord(choices, 'kind', arrayKinds, mask === null ? 'cube' : 'tensor')
  if (kind === 'tensor' || mask === null) return kind
  throw new FiligreeError(
    'invalid-parameter',
    'A cube has no mask: import it as a tensor, or without the mask.',
    { field: 'kind' },
  )
}

/** The question what an array with three axes is; nothing is asked of others. */
function kindOptions({ shape, mask }: DenseTensor, kind: ArrayKind): ImportOption[] {
  if (shape.length !== 3 || mask !== null) return []
  return [arrayKindOption(kind)]
}

/** The question whether an array is a cube or a tensor. */
export function arrayKindOption(kind: ArrayKind): ImportOption {
  return {
    key: 'kind',
    title: 'Import as',
    help: 'A cube has lines, samples and bands and can be unmixed; a tensor has modes of any meaning. Both can be decomposed.',
    type: 'choice',
    choices: [
      { value: 'cube', title: 'Hyperspectral cube' },
      { value: 'tensor', title: 'Tensor' },
    ],
    value: kind,
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
