import type { PixelWindow } from '../../shared/data-address'
import { FiligreeError } from '../../shared/failure'
import { patternWindowSchema, type PatternWindow } from '../../shared/pattern-window'
import type { SliceRequest } from '../../shared/tensor-slice'
import type { SliceOptions } from '../formats'
import type { SliceFormat } from './data-answers'

/** The whole number that a part of an address is. Throws 'invalid-parameter' that names it. */
export function wholeNumber(text: string, name: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isInteger(value)) return value
  throw new FiligreeError('invalid-parameter', `'${name}' must be a whole number, not '${text}'.`)
}

/** The window of a matrix that was asked for. */
export function patternWindowOf(address: URL): PatternWindow {
  const { mode, ...places } = Object.fromEntries(address.searchParams)
  const numbers = Object.entries(places).map(([name, text]) => [name, wholeNumber(text, name)])
  const parsed = patternWindowSchema.safeParse({ ...Object.fromEntries(numbers), mode })
  if (parsed.success) return parsed.data
  throw new FiligreeError('invalid-parameter', 'This is no window of a matrix.')
}

/** The modes, the place, the longest side and the file format that a slice was asked for with. */
export function sliceOf(
  address: URL,
  signal: AbortSignal,
): { slice: SliceRequest; options: SliceOptions; as: SliceFormat } {
  const text = (name: string, otherwise = '') => address.searchParams.get(name) ?? otherwise
  const as = text('as')
  return {
    slice: {
      rows: wholeNumber(text('rows'), 'rows'),
      columns: wholeNumber(text('columns'), 'columns'),
      at: text('at')
        .split(',')
        .map((part) => wholeNumber(part, 'at')),
    },
    options: {
      side: wholeNumber(text('side', '1024'), 'side'),
      precision: as === '' ? 'float32' : 'float64',
      signal,
    },
    as: as === 'npy' || as === 'csv' ? as : null,
  }
}

/** 'first line,last line,first sample,last sample'; null where none was asked for. */
export function windowOf(text: string | null): PixelWindow | null {
  if (text === null) return null
  const numbers = text.split(',').map((part) => wholeNumber(part, 'window'))
  const [firstLine, lastLine, firstSample, lastSample] = numbers
  if (
    numbers.length === 4 &&
    firstLine !== undefined &&
    lastLine !== undefined &&
    firstSample !== undefined &&
    lastSample !== undefined
  ) {
    return { firstLine, lastLine, firstSample, lastSample }
  }
  throw new FiligreeError('invalid-parameter', `'window' is four whole numbers, not '${text}'.`)
}
