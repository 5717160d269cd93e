import { FiligreeError } from '../../shared/failure'
import { namedLikeMask } from './tensor-mask'
import type { TableColumn, TableContent, TableSplits } from './table-content'
import { grouped } from './wording'

/** Most columns of a table, and most numbers that are held while one is written. */
const mostColumns = 4096
const mostNumbers = 2 ** 27
/** A matrix with this many times more rows than columns is rather a table than a tensor of two modes. */
const tall = 8
const splitsName = /split|fold|hold[-_ ]?out|test[-_ ]?mask/i

/** An array of a file that can give columns: a list of numbers, or a matrix with a row for each observation. */
export interface ColumnArray {
  name: string
  shape: readonly number[]
  /** Whether it holds true and false only. */
  flags: boolean
  /** Whether the first axis is the fastest in what `read` gives. */
  fortran: boolean
  read: () => Promise<ArrayLike<number>>
}

/** The arrays of a file that share their number of rows and hold the most numbers; fewer than two columns are no table. */
export function columnArrays(arrays: readonly ColumnArray[]): ColumnArray[] {
  const groups = new Map<number, ColumnArray[]>()
  for (const array of arrays) {
    const rows = rowsOf(array)
    if (array.shape.filter((size) => size !== 1).length > 2 || array.shape.length > 2 || rows < 2) continue
    groups.set(rows, [...(groups.get(rows) ?? []), array])
  }
  const numbers = (group: readonly ColumnArray[]) =>
    group.reduce((sum, array) => sum + rowsOf(array) * columnsOf(array), 0)
  const found = [...groups.values()].toSorted((one, other) => numbers(other) - numbers(one))[0] ?? []
  return found.reduce((sum, array) => sum + columnsOf(array), 0) < 2 ? [] : found
}

/** Whether arrays look like a table rather than like a tensor: a list stands beside a matrix, or the only matrix is tall. */
export function looksLikeTable(arrays: readonly ColumnArray[]): boolean {
  const lists = arrays.filter((array) => columnsOf(array) === 1 && !array.flags)
  const matrices = arrays.filter((array) => columnsOf(array) > 1 && !array.flags)
  const [matrix] = matrices
  if (matrix === undefined) return lists.length > 1
  if (matrices.length > 1) return false
  return lists.length > 0 || rowsOf(matrix) >= tall * columnsOf(matrix)
}

/** Reads arrays as the columns of one table, and matrices of flags that are named as splits as its splits. */
export async function tableOfArrays(arrays: readonly ColumnArray[], fileName: string): Promise<TableContent> {
  const rows = Math.max(0, ...arrays.map(rowsOf))
  const width = arrays.reduce((sum, array) => sum + columnsOf(array), 0)
  if (width > mostColumns || width * rows > mostNumbers) {
    throw new FiligreeError(
      'invalid-file',
      `${fileName} holds ${grouped(rows)} × ${grouped(width)} numbers; tables of at most ${grouped(mostColumns)} columns and ${grouped(mostNumbers)} numbers are read.`,
    )
  }
  const columns: TableColumn[] = []
  let splits: TableSplits | null = null
  for (const array of arrays) {
    const count = columnsOf(array)
    const values = await array.read()
    const place = (row: number, column: number) =>
      array.fortran ? column * rows + row : row * count + column
    if (splits === null && isSplits(array)) {
      const flags = new Uint8Array(rows * count)
      for (let row = 0; row < rows; row += 1) {
        for (let column = 0; column < count; column += 1)
          flags[row * count + column] = values[place(row, column)] === 0 ? 0 : 1
      }
      splits = { from: array.name, count, values: flags }
      continue
    }
    for (let column = 0; column < count; column += 1) {
      columns.push({
        name: count === 1 ? array.name : `${arrays.length === 1 ? 'column' : array.name} ${column + 1}`,
        at: (row) => values[place(row, column)] ?? Number.NaN,
        words: null,
      })
    }
  }
  return { columns, rows, head: [], splits, options: [], warnings: [] }
}

/** What an array of a file is in its table, as a preview tells it. */
export function roleInTable(array: ColumnArray): string {
  return isSplits(array) ? 'splits' : columnsOf(array) === 1 ? 'column' : 'columns'
}

function isSplits({ name, flags }: ColumnArray): boolean {
  return flags && (splitsName.test(name) || namedLikeMask(name))
}

function rowsOf({ shape }: ColumnArray): number {
  const [first = 0, second = 1] = shape
  return first === 1 ? second : first
}

function columnsOf({ shape }: ColumnArray): number {
  const [first = 0, second = 1] = shape
  return first === 1 ? 1 : second
}
