import { z } from 'zod'
import { elementCount } from '../../../shared/array'
import { FiligreeError } from '../../../shared/failure'
import type { TensorValue } from '../../../shared/method'
import { counted } from '../../formats/wording'
import type { HoldOut, ObservedInput } from '../native'

/** Dense arrays up to this many entries are taken apart into their observed ones. */
const mostDenseEntries = 20_000_000

/** What is kept back, to be predicted: the same block for every method of observed entries. */
export const holdOutParameters = {
  fold: z.int().min(1).max(1000).nullable().default(null).meta({
    title: 'Hold-out column',
    group: 'Hold-out',
    help: 'Which hold-out column of the dataset, counted from 1, marks the entries to keep back. Empty: none of them.',
  }),
  holdOutShare: z.number().min(0).max(0.9).default(0).meta({
    title: 'Share held out',
    group: 'Hold-out',
    help: 'Share of the observed entries kept back at random, by the seed, where no hold-out column is chosen.',
    step: 0.05,
  }),
}

/** The parameters that choose a hold-out. */
export interface HoldOutChoice {
  fold: number | null
  holdOutShare: number
}

/** An observed tensor as the addon takes it. */
export function observedInput({ dataset, source, parts }: TensorValue): ObservedInput {
  return {
    values: source,
    indices: parts['indices'] ?? null,
    shape: dataset.axes.map(({ size }) => size),
    mask: parts['mask'] ?? null,
    scale: dataset.scale,
    noDataValue: dataset.noDataValue,
  }
}

/** What is kept back, as the addon takes it. */
export function holdOutOf({ parts }: TensorValue, { fold, holdOutShare }: HoldOutChoice): HoldOut {
  return fold === null
    ? { columns: null, fold: 0, share: holdOutShare }
    : { columns: parts['holdOut'] ?? null, fold: fold - 1, share: 0 }
}

/** Whether only the places of some entries are known. */
export function isScattered({ parts }: TensorValue): boolean {
  return parts['indices'] !== undefined
}

/** Refuses a tensor or a hold-out that no method of observed entries can use. */
export function checkObserved(tensor: TensorValue, { fold, holdOutShare }: HoldOutChoice): void {
  const { dataset, source } = tensor
  if (dataset.axes.length < 2) {
    throw new FiligreeError(
      'invalid-data',
      `'${dataset.name}' has one mode only. A tensor needs two or more.`,
    )
  }
  if (!isScattered(tensor) && elementCount(source.shape) > mostDenseEntries) {
    throw new FiligreeError(
      'invalid-data',
      `'${dataset.name}' is a dense tensor of ${elementCount(source.shape)} entries; methods of observed entries take up to ${mostDenseEntries}. Cut out a part of it, or use a method of dense tensors.`,
    )
  }
  const nan = dataset.parts['mask'] === undefined ? (dataset.summary?.nanCount ?? 0) : 0
  if (nan > 0) {
    throw new FiligreeError(
      'invalid-data',
      `'${dataset.name}' holds ${counted(nan, 'NaN', 'NaNs')}. If that means missing, import it again with NaN as missing; otherwise mend the file.`,
    )
  }
  if (fold === null) return
  if (holdOutShare > 0) {
    throw new FiligreeError(
      'invalid-parameter',
      'A hold-out column and a share held out at random were both asked for. Choose one: leave the column empty, or set the share to 0.',
      { field: 'holdOutShare' },
    )
  }
  const folds = dataset.parts['holdOut']?.shape[1] ?? 0
  if (fold <= folds) return
  throw new FiligreeError(
    'invalid-parameter',
    folds === 0
      ? `'${dataset.name}' has no hold-out columns. Leave the column empty and hold a share out at random instead.`
      : `Hold-out column ${fold} was asked for, but '${dataset.name}' has ${folds}. Choose 1 to ${folds}.`,
    { field: 'fold' },
  )
}
