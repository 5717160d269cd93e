import { bytesPerElement, type ArraySource } from '../../../shared/array'
import type { ColumnRole, Dataset } from '../../../shared/dataset'
import { FiligreeError } from '../../../shared/failure'
import type { TableValue } from '../../../shared/method'
import { counted, listed } from '../../formats/wording'
import type { TableHoldOut, TableInput } from '../native'
import type { HoldOutChoice } from './parameters'

/** Fewest rows that a fit makes sense of. */
const fewestRows = 2

/** Columns of a table with a role, counted from zero. */
export function columnsOf({ columnRoles = [] }: Dataset, role: ColumnRole): number[] {
  return columnRoles.flatMap((each, column) => (each === role ? [column] : []))
}

/** Names of the columns of a table; numbered where it has none. */
export function columnNames({ axes, array }: Dataset): string[] {
  const [, count = 0] = array.shape
  return Array.from({ length: count }, (_, column) => axes[1]?.labels?.[column] ?? `column ${column + 1}`)
}

/** Names of the inputs of a table, in the order a model sees them. */
export function inputNames(dataset: Dataset): string[] {
  const names = columnNames(dataset)
  return columnsOf(dataset, 'input').map((column) => names[column] ?? '')
}

/** A table as the addon takes it. */
export function tableInput({ dataset, source }: TableValue): TableInput {
  const only = (role: ColumnRole) => columnsOf(dataset, role)[0] ?? null
  return {
    source,
    names: columnNames(dataset),
    inputs: columnsOf(dataset, 'input'),
    target: only('target'),
    weight: only('weight'),
    noiseVariance: only('noise-variance'),
  }
}

/** Saved splits of a table: first those that stand in a file of their own, then its columns with that role. */
export function splitSources({ dataset, source, parts }: TableValue): ArraySource[] {
  const beside = parts['splits']
  return [
    ...(beside === undefined
      ? []
      : Array.from({ length: beside.shape[1] ?? 0 }, (_, column) => columnOf(beside, column))),
    ...columnsOf(dataset, 'split').map((column) => columnOf(source, column)),
  ]
}

/** What is held out, as the addon takes it. */
export function tableHoldOut(table: TableValue, choice: HoldOutChoice): TableHoldOut {
  const splits = splitSources(table)
  const { holdOutShare: share, blocks, folds } = choice
  const automatic = splits.length > 0 ? 'split' : 'random'
  const way = choice.holdOut === 'automatic' ? automatic : choice.holdOut
  return {
    way,
    split: way === 'split' ? (splits[choice.splitNumber - 1] ?? null) : null,
    share,
    blocks,
    folds,
  }
}

/** Refuses, before anything is queued, a table that no fit can use. */
export function checkTable(table: TableValue, choice: HoldOutChoice): void {
  const { dataset } = table
  const [rows = 0] = dataset.array.shape
  const targets = columnsOf(dataset, 'target')
  const names = columnNames(dataset)
  if (targets.length !== 1) {
    throw new FiligreeError(
      'invalid-data',
      targets.length === 0
        ? `No column of '${dataset.name}' is the target. Say on the page of the dataset which one is predicted.`
        : `'${dataset.name}' has ${targets.length} targets (${listed(targets.map((column) => names[column] ?? ''))}); a fit predicts one. Make the others unused on the page of the dataset.`,
    )
  }
  if (columnsOf(dataset, 'input').length === 0) {
    throw new FiligreeError(
      'invalid-data',
      `No column of '${dataset.name}' is an input. Say on the page of the dataset what the target is predicted from.`,
    )
  }
  for (const role of ['weight', 'noise-variance'] as const) {
    const several = columnsOf(dataset, role)
    if (several.length < 2) continue
    throw new FiligreeError(
      'invalid-data',
      `'${dataset.name}' has ${several.length} columns with the role '${role}': ${listed(several.map((column) => names[column] ?? ''))}. Keep one of them.`,
    )
  }
  if (rows < fewestRows) {
    throw new FiligreeError(
      'invalid-data',
      `'${dataset.name}' has ${counted(rows, 'row')}; a Gaussian process needs at least ${fewestRows} to learn from.`,
    )
  }
  checkHoldOut(table, choice, rows)
}

function checkHoldOut(table: TableValue, choice: HoldOutChoice, rows: number): void {
  const { way } = tableHoldOut(table, choice)
  if (way === 'split') {
    const splits = splitSources(table).length
    if (choice.splitNumber <= splits) return
    throw new FiligreeError(
      'invalid-parameter',
      splits === 0
        ? `'${table.dataset.name}' has no saved split. Hold out a random share, blocks or folds instead.`
        : `Split ${choice.splitNumber} was asked for, but '${table.dataset.name}' has ${splits}. Choose 1 to ${splits}.`,
      { field: 'splitNumber' },
    )
  }
  if (way === 'folds' && choice.folds > rows) {
    throw new FiligreeError(
      'invalid-parameter',
      `${choice.folds} folds were asked for, but '${table.dataset.name}' has ${counted(rows, 'row')}. Choose at most as many folds.`,
      { field: 'folds' },
    )
  }
}

/** One column of a (row, column) array, as an array (row). */
function columnOf(source: ArraySource, column: number): ArraySource {
  const [rows = 0] = source.shape
  const [rowStride = 1, columnStride = 1] = source.strides
  const start = column * columnStride * bytesPerElement[source.dtype]
  return { ...source, shape: [rows], strides: [rowStride], offset: source.offset + start }
}
