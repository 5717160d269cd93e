import { Readable } from 'node:stream'
import { CsvError, parse, type Options } from 'csv-parse'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { chosenWord } from './choice-values'
import type { RandomAccessFile } from './random-access-file'
import { textPieces } from './text-source'
import { grouped } from './wording'

/** Longest row, in bytes. */
const longestRow = 256 * 1024

/** Separators by the word a choice keeps. */
const delimiters = { comma: ',', tab: '\t', semicolon: ';', blank: ' ' } as const
export type Delimiter = keyof typeof delimiters
const delimiterWords = ['comma', 'tab', 'semicolon', 'blank'] as const

/** What is watched while a text is read. */
export type TextWatch = Parameters<typeof textPieces>[1] & object

/** The rows of a table of text, with blanks around the cells taken away. Lines that begin with # are comments. */
export async function* delimitedRows(
  file: RandomAccessFile,
  delimiter: Delimiter,
  watch: TextWatch = {},
): AsyncGenerator<string[]> {
  const options: Options = {
    bom: true,
    delimiter: delimiters[delimiter],
    trim: true,
    skip_empty_lines: true,
    comment: '#',
    comment_no_infix: true,
    max_record_size: longestRow,
    // Of several blanks in a row the parser makes empty cells.
    relax_column_count: delimiter === 'blank',
  }
  const parser = Readable.from(textPieces(file, watch), { objectMode: false })
    .on('error', (error) => parser.destroy(error))
    .pipe(parse(options))
  let width: number | null = null
  let count = 0
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      const row = delimiter === 'blank' ? cells.filter((cell) => cell !== '') : cells
      count += 1
      width ??= row.length
      if (row.length !== width) throw unevenRow(file, count)
      yield row
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const row = Number(error['records'] ?? 0) + 1
    throw error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH'
      ? unevenRow(file, row, error)
      : new FiligreeError('invalid-file', `${file.name} is no table: row ${grouped(row)} cannot be read.`, {
          detail: error.message,
          cause: error,
        })
  } finally {
    parser.destroy()
  }
}

function unevenRow({ name }: RandomAccessFile, row: number, cause?: Error): FiligreeError {
  return new FiligreeError(
    'invalid-file',
    `${name} is no table: row ${grouped(row)} has another number of columns than the rows before.`,
    cause === undefined ? {} : { detail: cause.message, cause },
  )
}

/** The separator that splits the first line into most cells; blanks only where nothing else splits it. */
export async function delimiterOf(file: RandomAccessFile): Promise<Delimiter> {
  let text = ''
  for await (const piece of textPieces(file)) {
    text += new TextDecoder('latin1').decode(piece.subarray(0, longestRow))
    break
  }
  const line =
    text.split('\n').find((candidate) => candidate.trim() !== '' && !candidate.startsWith('#')) ?? ''
  const count = (delimiter: Delimiter) => line.trim().split(delimiters[delimiter]).length
  const best = (['comma', 'tab', 'semicolon'] as const).reduce((most, other) =>
    count(other) > count(most) ? other : most,
  )
  return count(best) === 1 && count('blank') > 1 ? 'blank' : best
}

/** The separator of a table of text: as chosen, or as guessed. */
export async function chosenDelimiter(file: RandomAccessFile, choices: ImportChoices): Promise<Delimiter> {
  return chosenWord(choices, 'delimiter', delimiterWords, await delimiterOf(file))
}

/** The question what separates the cells. */
export function delimiterOption(value: Delimiter): ImportOption {
  return {
    key: 'delimiter',
    title: 'Cells are separated by',
    help: '',
    type: 'choice',
    choices: [
      { value: 'comma', title: 'Commas' },
      { value: 'tab', title: 'Tabs' },
      { value: 'semicolon', title: 'Semicolons' },
      { value: 'blank', title: 'Blanks' },
    ],
    value,
  }
}

/** Names that occur once each: a repeated one is followed by the number of its column. */
export function distinctNames(names: readonly string[]): string[] {
  return names.map((name, column) => (names.indexOf(name) === column ? name : `${name} (${column + 1})`))
}
