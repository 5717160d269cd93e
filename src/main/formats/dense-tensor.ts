import {
  bytesPerElement,
  elementCount,
  type ArrayLayout,
  type ArrayReference,
  type Axis,
} from '../../shared/array'
import { plainNumbers, type ImportChoices, type ImportOption, type ImportPreview } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { firstSlice } from '../../shared/tensor-slice'
import { countedBytes, previewSide } from './cube-parts'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { withFile } from './random-access-file'
import {
  countAndMask,
  guessMaskMeaning,
  maskMeaningOption,
  nanOption,
  requireMaskFits,
  tensorNotes,
  type MaskMeaning,
  type MaskSource,
} from './tensor-mask'
import { modeAxes, modeFacts, modeOptions } from './tensor-modes'
import { denseSlice } from './tensor-slice'
import { grouped, shapeText } from './wording'

/** A dense array of any number of modes, in a file that can be read at any place. */
export interface DenseTensor extends ArrayLayout {
  path: string
  name: string
  mask: MaskSource | null
}

/** What the choices make of a dense tensor. */
export interface DensePlan {
  tensor: DenseTensor
  axes: Axis[]
  options: ImportOption[]
  meaning: MaskMeaning
  nanIsMissing: boolean
}

/**
 * Checks a tensor and its mask, and asks what neither says. Reads a part of the mask where that is quick
 * (`readable`); otherwise its name alone says what it means.
 */
export async function planDense(
  tensor: DenseTensor,
  choices: ImportChoices,
  readable = true,
): Promise<DensePlan> {
  if (tensor.shape.length < 2) {
    throw new FiligreeError(
      'invalid-file',
      `${tensor.name} holds a list of ${grouped(tensor.shape[0] ?? 0)} numbers; a tensor has at least two modes.`,
    )
  }
  if (tensor.shape.includes(0)) {
    throw new FiligreeError(
      'invalid-file',
      `${tensor.name} is empty: its size is ${shapeText(tensor.shape)}.`,
    )
  }
  const { mask } = tensor
  if (mask !== null) requireMaskFits(mask, tensor, tensor.name)
  const guess = mask === null ? null : await guessMaskMeaning(mask, readable)
  const modes = tensor.shape.map((size) => ({ name: null, size, coordinates: null }))
  const axes = modeAxes(modes, choices)
  const meaningOption = guess === null ? null : maskMeaningOption(guess, choices)
  const whole = tensor.dtype.includes('int') || tensor.dtype === 'bool'
  const nan = whole ? null : nanOption(choices)
  return {
    tensor,
    axes,
    options: [
      ...(meaningOption === null ? [] : [meaningOption]),
      ...(nan === null ? [] : [nan]),
      ...modeOptions(modes, axes),
    ],
    meaning: meaningOption?.value === 'observed' ? 'observed' : 'missing',
    nanIsMissing: nan?.value === true,
  }
}

/** The preview of a dense tensor; its picture is the slice of its two largest modes. */
export async function previewDense(
  { tensor, axes, options, meaning }: DensePlan,
  about: Pick<ImportPreview, 'format' | 'name' | 'external' | 'bytes' | 'variables'> & {
    options: ImportOption[]
    facts: ImportPreview['facts']
    warnings: string[]
  },
  readable = true,
): Promise<ImporterPreview> {
  const { shape, dtype, mask } = tensor
  // A mask of ones that mean 'observed' would blank what is there: the picture shows the numbers as they are.
  const shown = meaning === 'missing' ? mask : null
  const slice = firstSlice(shape)
  const plane = readable ? await denseSlice(tensor, shown, slice, { side: previewSide }) : null
  const nan = mask === null && plane?.values.some((value) => Number.isNaN(value)) === true
  const warnings = [...about.warnings]
  if (nan) {
    warnings.push(
      'There are NaN in this tensor. If they mark what is missing, say so; otherwise a run stops at the first of them.',
    )
  }
  return {
    preview: {
      ...about,
      kind: 'tensor',
      facts: [
        { label: 'Size', value: `${shapeText(shape)}, ${grouped(elementCount(shape))} numbers` },
        { label: 'Type', value: dtype },
        ...modeFacts(axes),
        ...(mask === null ? [] : [{ label: 'Mask', value: mask.name }]),
        ...about.facts,
      ],
      options: [...about.options, ...options],
      axes,
      truth: null,
      previewBand: null,
      warnings,
    },
    plane:
      plane === null
        ? null
        : { lines: plane.shape[0], samples: plane.shape[1], values: Float32Array.from(plane.values) },
  }
}

/** Counts a dense tensor, writes its mask, and describes it. `array` is where its numbers will lie. */
export async function importDense(
  { tensor, axes, meaning, nanIsMissing }: DensePlan,
  array: ArrayReference,
  context: ImportContext,
): Promise<Omit<ImportedDataset, 'origin'>> {
  // A large file without a mask is counted when it is first used, so that its import stays instant.
  const instant =
    tensor.mask === null && !nanIsMissing && array.location === 'external' && bytesOf(tensor) > countedBytes
  const { summary, mask } = instant
    ? { summary: null, mask: null }
    : await withFile(tensor.path, (file) =>
        countAndMask(file, tensor, { mask: tensor.mask, meaning, nanIsMissing }, context),
      )
  return {
    kind: 'tensor',
    array,
    axes,
    ...plainNumbers,
    parts: mask === null ? {} : { mask },
    summary,
    notes: summary === null ? [] : tensorNotes(summary, axes),
  }
}

function bytesOf({ shape, dtype }: ArrayLayout): number {
  return elementCount(shape) * bytesPerElement[dtype]
}
