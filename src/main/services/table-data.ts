import type { ArraySource } from '../../shared/array'
import { bytesPerElement } from '../../shared/array'
import type { ColumnRole, Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { arrayAsFloat64, arraySource, requireRolesFit, tableFindings } from '../formats'

/** Rows of a table that are sent at once, and rows that findings are looked for among. */
const mostRows = 2000
const examinedRows = 20_000

/** Some rows of a table, whole: (row, column). */
export async function rowsOfTable(
  dataset: Dataset,
  folder: string,
  first: number,
  count: number,
): Promise<{ values: Float64Array; shape: number[] }> {
  const source = tableSource(dataset, folder)
  const [rows = 0] = source.shape
  const end = Math.min(rows, first + Math.min(count, mostRows))
  return arrayAsFloat64(partOf(source, { first: Math.min(first, rows), rows: Math.max(0, end - first) }))
}

/** A column of a table, every n-th row of it with the smallest n that leaves at most `most`. */
export async function columnOfTable(
  dataset: Dataset,
  folder: string,
  column: number,
  most: number,
): Promise<{ values: Float64Array; shape: number[] }> {
  const source = tableSource(dataset, folder)
  const [rows = 0, columns = 0] = source.shape
  if (column >= columns || most < 1) {
    throw new FiligreeError('invalid-parameter', `${dataset.name} has no column ${column}.`)
  }
  const step = Math.max(1, Math.ceil(rows / most))
  return arrayAsFloat64(partOf(source, { column, step, rows: Math.ceil(rows / step) }))
}

/** What a person should know of a table before a fit. */
export async function findingsOfTable(dataset: Dataset, folder: string): Promise<string[]> {
  const source = tableSource(dataset, folder)
  const [rows = 0, columns = 0] = source.shape
  const step = Math.max(1, Math.ceil(rows / examinedRows))
  const count = Math.ceil(rows / step)
  const { values } = await arrayAsFloat64(partOf(source, { step, rows: count }))
  return tableFindings({
    rows: count,
    columns: Array.from({ length: columns }, (_, column) => ({
      name: nameOf(dataset, column),
      role: dataset.columnRoles?.[column] ?? 'unused',
      at: (row: number) => values[row * columns + column] ?? Number.NaN,
    })),
  })
}

/** The roles a person gave to the columns of a table. Throws `invalid-parameter` for what does not fit. */
export async function editedRoles(
  dataset: Dataset,
  folder: string,
  roles: readonly ColumnRole[],
): Promise<ColumnRole[]> {
  const [, columns = 0] = tableSource(dataset, folder).shape
  if (roles.length !== columns) {
    throw new FiligreeError(
      'invalid-parameter',
      `${dataset.name} has ${columns} columns, not ${roles.length}.`,
    )
  }
  const described = roles.map(async (role, column) => ({
    name: nameOf(dataset, column),
    words: null,
    flags:
      role !== 'split' ||
      (await columnOfTable(dataset, folder, column, Number.MAX_SAFE_INTEGER)).values.every(
        (value) => value === 0 || value === 1,
      ),
  }))
  requireRolesFit(await Promise.all(described), roles)
  return [...roles]
}

function nameOf(dataset: Dataset, column: number): string {
  return dataset.axes[1]?.labels?.[column] ?? `column ${column + 1}`
}

function tableSource(dataset: Dataset, folder: string): ArraySource {
  if (dataset.kind === 'table') return arraySource(dataset.array, folder)
  throw new FiligreeError('invalid-data', `${dataset.name} is not a table: it is a ${dataset.kind}.`)
}

/** Some rows of a table, and one of its columns or all of them. */
function partOf(
  source: ArraySource,
  part: { first?: number; step?: number; rows: number; column?: number },
): ArraySource {
  const [, columns = 0] = source.shape
  const [rowStride = 1, columnStride = 1] = source.strides
  const { first = 0, step = 1, rows, column } = part
  const elements = first * rowStride + (column ?? 0) * columnStride
  const offset = source.offset + elements * bytesPerElement[source.dtype]
  return column === undefined
    ? { ...source, offset, shape: [rows, columns], strides: [rowStride * step, columnStride] }
    : { ...source, offset, shape: [rows], strides: [rowStride * step] }
}
