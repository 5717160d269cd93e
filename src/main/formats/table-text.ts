import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import {
  chosenDelimiter,
  delimitedRows,
  delimiterOption,
  distinctNames,
  type TextWatch,
} from './delimited-text'
import { isEmptyCell } from './long-table-roles'
import { NumberColumn } from './number-column'
import type { RandomAccessFile } from './random-access-file'
import type { TableColumn, TableContent } from './table-content'
import { counted, grouped } from './wording'

/** Rows that headings, missing markers and words are guessed from. */
const guessedFrom = 2000
const mostColumns = 4096
/** Words of a column that are remembered. */
const shownWords = 3
/** More different words than this are no markers of missing values. */
const mostMarkers = 3

/** A table of text as its columns, with the questions of how it was read. */
export type TextTable = Pick<TableContent, 'columns' | 'rows' | 'head' | 'options' | 'warnings'> & {
  /** Whether only the first rows were read. */
  sample: boolean
}

/**
 * Reads a table of text, at most `limit` rows of it. Headings, missing markers and a decimal comma are guessed from
 * the first rows. Throws `invalid-file` for cells that are no numbers in a column of numbers.
 */
export async function readTextTable(
  file: RandomAccessFile,
  choices: ImportChoices,
  limit: number,
  watch: TextWatch = {},
): Promise<TextTable> {
  const delimiter = await chosenDelimiter(file, choices)
  const first: string[][] = []
  let reader: ColumnReader | null = null
  let sample = false
  const begin = () => new ColumnReader(first, choices, file.name)
  for await (const row of delimitedRows(file, delimiter, watch)) {
    if (reader === null) {
      first.push(row)
      if (first.length > guessedFrom) reader = begin()
    } else if (reader.rows >= limit) {
      sample = true
      break
    } else {
      reader.add(row)
    }
  }
  reader ??= begin()
  const table = reader.table()
  return { ...table, sample, options: [delimiterOption(delimiter), ...table.options] }
}

/** How the cells of a table are read. */
interface Cells {
  header: boolean
  markers: string[]
  decimalComma: boolean
}

/** Takes the cells of a table into columns of numbers. */
class ColumnReader {
  private readonly cells: Cells
  private readonly names: string[]
  private readonly numbers: NumberColumn[]
  /** The first words of every column that holds words; null for columns of numbers. */
  private readonly words: (string[] | null)[]
  private readonly marked: Set<string>
  private readonly head: string[][]
  rows = 0

  constructor(
    first: readonly string[][],
    choices: ImportChoices,
    private readonly fileName: string,
  ) {
    const [heading] = first
    if (heading === undefined) throw new FiligreeError('invalid-file', `${fileName} has no rows.`)
    if (heading.length > mostColumns) {
      throw new FiligreeError(
        'invalid-file',
        `${fileName} has ${counted(heading.length, 'column')}; a table of at most ${grouped(mostColumns)} is read. Is something else than a row on a line?`,
      )
    }
    this.cells = guessedCells(first, choices)
    const rows = this.cells.header ? first.slice(1) : first
    if (rows.length === 0) {
      throw new FiligreeError('invalid-file', `${fileName} has names of columns but no rows.`)
    }
    this.names = distinctNames(
      heading.map((cell, column) => (this.cells.header && cell !== '' ? cell : `column ${column + 1}`)),
    )
    this.marked = new Set(this.cells.markers.map((marker) => marker.toLowerCase()))
    this.words = heading.map((_, column) => this.wordsIn(rows.map((row) => row[column] ?? '')))
    this.numbers = heading.map(() => new NumberColumn())
    this.head = rows.slice(0, 64)
    for (const row of rows) this.add(row)
  }

  add(row: readonly string[]): void {
    this.numbers.forEach((numbers, column) => numbers.push(this.number(row[column] ?? '', column)))
    this.rows += 1
  }

  table(): Omit<TextTable, 'sample'> {
    const columns = this.names.map((name, column): TableColumn => {
      const numbers = this.numbers[column] ?? new NumberColumn()
      return { name, at: (row) => numbers.at(row), words: this.words[column] ?? null }
    })
    return {
      columns,
      rows: this.rows,
      head: this.head,
      options: this.options(),
      warnings: this.warnings(columns),
    }
  }

  private options(): ImportOption[] {
    const { header, markers, decimalComma } = this.cells
    return [
      {
        ...{ key: 'header', title: 'The first line holds names', help: '', type: 'boolean', choices: [] },
        value: header,
      },
      {
        ...{ key: 'missing', title: 'Missing values are written as', type: 'text', choices: [] },
        help: 'Words or numbers, separated by commas, such as “?, -9999”. Empty cells, NaN and NA are missing anyway.',
        value: markers.join(', '),
      },
      {
        ...{ key: 'decimal', title: 'Decimal sign', help: '', type: 'choice' },
        choices: [
          { value: 'point', title: 'Point' },
          { value: 'comma', title: 'Comma' },
        ],
        value: decimalComma ? 'comma' : 'point',
      },
    ]
  }

  private warnings(columns: readonly TableColumn[]): string[] {
    const suspicious = columns.flatMap(({ name, words }, column) => {
      const sentinel = words === null ? sentinelIn(this.numbers[column] ?? new NumberColumn()) : null
      return sentinel === null
        ? []
        : [
            `${name} holds ${sentinel.value} in ${counted(sentinel.count, 'row')}, far from its other numbers. If it means missing, write it into the missing values.`,
          ]
    })
    return suspicious
  }

  /** Some of the words of a column that holds words; null where it holds numbers. */
  private wordsIn(cells: readonly string[]): string[] | null {
    const filled = cells.filter((cell) => !this.isMissing(cell))
    const words = filled.filter((cell) => Number.isNaN(this.numberOf(cell)))
    return words.length * 2 > filled.length ? [...new Set(words)].slice(0, shownWords) : null
  }

  private isMissing(cell: string): boolean {
    return isEmptyCell(cell) || this.marked.has(cell.toLowerCase()) || this.marked.has(String(Number(cell)))
  }

  private numberOf(cell: string): number {
    return Number(this.cells.decimalComma ? cell.replace(',', '.') : cell)
  }

  private number(cell: string, column: number): number {
    if (this.words[column] !== null || this.isMissing(cell)) return Number.NaN
    const value = this.numberOf(cell)
    if (Number.isFinite(value)) return value
    throw new FiligreeError(
      'invalid-file',
      `Row ${grouped(this.rows + (this.cells.header ? 2 : 1))} of ${this.fileName} has “${cell.slice(0, 60)}” in the column ${this.names[column] ?? ''}, where a number should stand. If it means missing, write it into the missing values.`,
      { field: 'missing' },
    )
  }
}

function guessedCells(first: readonly string[][], choices: ImportChoices): Cells {
  const [heading = []] = first
  const chosenHeader = choices['header']
  const body = first.slice(1)
  const decimalComma =
    choices['decimal'] === undefined
      ? body.some((row) => row.some((cell) => /^[+-]?\d+,\d+$/.test(cell))) &&
        !body.some((row) => row.some((cell) => /^[+-]?\d+\.\d+$/.test(cell)))
      : choices['decimal'] === 'comma'
  const isNumeric = (cell: string) =>
    isEmptyCell(cell) || Number.isFinite(Number(decimalComma ? cell.replace(',', '.') : cell))
  const header =
    typeof chosenHeader === 'boolean'
      ? chosenHeader
      : heading.some((cell) => !isNumeric(cell)) &&
        heading.every((cell) => cell === '' || !isPlainNumber(cell))
  const rows = header ? body : first
  return { header, decimalComma, markers: chosenMarkers(choices) ?? guessedMarkers(rows, isNumeric) }
}

function isPlainNumber(cell: string): boolean {
  return cell !== '' && Number.isFinite(Number(cell))
}

function chosenMarkers(choices: ImportChoices): string[] | null {
  const chosen = choices['missing']
  if (chosen === undefined) return null
  return String(chosen)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

/** The few words that stand in columns of numbers: '?', 'missing'. */
function guessedMarkers(rows: readonly string[][], isNumeric: (cell: string) => boolean): string[] {
  const width = rows[0]?.length ?? 0
  const found = Array.from({ length: width }, (_, column) => {
    const words = rows.flatMap((row) => (isNumeric(row[column] ?? '') ? [] : [row[column] ?? '']))
    const kinds = new Set(words)
    return words.length * 2 < rows.length && kinds.size <= mostMarkers ? [...kinds] : []
  })
  return [...new Set(found.flat())].filter((word) => !word.includes(','))
}

/** A number such as −9999 that stands far below or above all others, more than once. */
function sentinelIn(numbers: NumberColumn): { value: number; count: number } | null {
  const { minimum, maximum } = numbers
  for (const value of [minimum, maximum]) {
    if (!/^-?9{2,}\d*$/.test(String(value)) && Math.abs(value) < 1e19) continue
    let count = 0
    let reach = 0
    for (let row = 0; row < numbers.length; row += 1) {
      const each = numbers.at(row)
      if (each === value) count += 1
      else if (!Number.isNaN(each)) reach = Math.max(reach, Math.abs(each))
    }
    if (count > 1 && Math.abs(value) > 3 * reach) return { value, count }
  }
  return null
}
