import type { ImportOption } from '../../shared/dataset'
import { shapeText } from './wording'

/** An array of a file that has several. */
interface NamedArray {
  name: string
  shape: readonly number[]
}

/** The answer that no array is a mask. */
export const noMask = 'none'

/** The question which of a file's arrays is imported. */
export function arrayOption(help: string, arrays: readonly NamedArray[], value: string): ImportOption {
  const choices = arrays.map(({ name, shape }) => ({ value: name, title: `${name} (${shapeText(shape)})` }))
  return { key: 'array', title: 'Array', help, type: 'choice', choices, value }
}

/** The question which other array of the same shape is the mask; nothing where there is none. */
export function maskOptions(help: string, masks: readonly NamedArray[], value: string): ImportOption[] {
  if (masks.length === 0) return []
  const choices = [noMask, ...masks.map(({ name }) => name)].map((word) => ({
    value: word,
    title: word === noMask ? 'No mask' : word,
  }))
  return [{ key: 'mask', title: 'Mask', help, type: 'choice', choices, value }]
}
