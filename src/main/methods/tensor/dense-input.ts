import type { Axis } from '../../../shared/array'
import { FiligreeError } from '../../../shared/failure'
import type { TensorValue, WrittenArtifact } from '../../../shared/method'
import { counted } from '../../formats/wording'
import type { TensorInput } from '../native'

/** A dense tensor as the addon takes it. */
export function denseInput({ dataset, source }: TensorValue): TensorInput {
  return { source, scale: dataset.scale, noDataValue: dataset.noDataValue }
}

/** What every method of dense tensors asks before it starts: all entries there, two modes or more. */
export function checkDense({ dataset }: TensorValue): void {
  const masked = 'Use the masked Tucker method, which works on the entries that are there.'
  if (isScattered(dataset.parts)) {
    throw new FiligreeError(
      'invalid-data',
      `'${dataset.name}' is a scattered tensor: most of its entries are not there. ${masked}`,
    )
  }
  if (dataset.axes.length < 2) {
    throw new FiligreeError(
      'invalid-data',
      `'${dataset.name}' has one mode only. A tensor needs two or more.`,
    )
  }
  if (dataset.parts['mask'] !== undefined) {
    throw new FiligreeError(
      'invalid-data',
      `'${dataset.name}' has a mask: some of its entries are missing, and this method needs them all. ${masked}`,
    )
  }
  const { nanCount = 0, infiniteCount = 0, noDataCount = 0, firstInvalid = null } = dataset.summary ?? {}
  const missing = nanCount + infiniteCount + noDataCount
  if (missing === 0) return
  const place = firstInvalid === null ? '' : `, the first at (${firstInvalid.join(', ')}), counted from 0`
  throw new FiligreeError(
    'invalid-data',
    `'${dataset.name}' holds ${counted(missing, 'entry', 'entries')} that ${missing === 1 ? 'is' : 'are'} NaN, infinite or marked as missing${place}, and this method needs them all. ${masked}`,
  )
}

function isScattered(parts: TensorValue['dataset']['parts']): boolean {
  return parts['indices'] !== undefined
}

/** The axis of the components of a mode. */
export function componentAxis(size: number, name = 'component'): Axis {
  return { name, size, unit: null, coordinates: null, labels: null }
}

/** The artifacts of a Tucker model: `core`, and `factors-1` … `factors-N` along the modes of the tensor. */
export function modelArtifacts(modes: readonly Axis[], ranks: readonly number[]): WrittenArtifact[] {
  return [
    {
      name: 'core',
      axes: modes.map(({ name }, mode) => componentAxis(ranks[mode] ?? 0, `component of ${name}`)),
    },
    ...modes.map((axis, mode) => ({
      name: `factors-${mode + 1}`,
      axes: [axis, componentAxis(ranks[mode] ?? 0)],
    })),
  ]
}
