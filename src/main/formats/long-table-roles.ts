import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { chosenWord } from './choice-values'
import { listed } from './wording'

/** What a column of a long table is. */
export interface ColumnRoles {
  /** Columns that say where an entry stands, with how they are read. */
  indices: { column: number; kind: 'index' | 'coordinate' | 'label' }[]
  value: number
  missing: number | null
  folds: number[]
  options: ImportOption[]
}

/** The first rows of a table, with its names; `name N` where it has none. */
export interface TableHead {
  names: string[]
  rows: readonly (readonly string[])[]
}

const foldName = /^(test|fold|hold[-_ ]?out|split|cv)[-_ ]?\d*$/i
const maskName = /^(mask|missing|is_?missing)$/i
const valueName =
  /^(v|y|z|val|value|values|reading|measurement|obs|observation|target|response|concentration)$/i
const coordinateName =
  /^(t|time|lat|latitude|lon|lng|longitude|x|y|z|depth|height|wavelength|frequency|hour|day|year)$/i
/** Names of columns that count along a mode. */
const indexName = /^([i-n]|mode\d*|row|col|column|index|idx|line|sample|band)[-_ ]?\d*$/i
const kinds = ['index', 'coordinate', 'label'] as const
/** Whole numbers that begin higher than this hardly count entries: they are years or channels. */
const highestStart = 1

/** Guesses what the columns of a long table are, with the choices over the guesses. Throws `invalid-file` without a value. */
export function columnRoles(
  { names, rows }: TableHead,
  choices: ImportChoices,
  fileName: string,
): ColumnRoles {
  const flags = names.map((_, column) => rows.every((row) => /^\s*[01]\s*$/.test(row[column] ?? '')))
  const numeric = names.map((_, column) =>
    rows.every((row) => (row[column] ?? '').trim() === '' || isNumber(row[column] ?? '')),
  )
  const folds =
    chosenColumns(choices, 'holdOutColumns', names) ??
    names.flatMap((name, column) => (foldName.test(name) && flags[column] === true ? [column] : []))
  const guessedMissing = names.findIndex((name, column) => maskName.test(name) && flags[column] === true)
  const free = names.flatMap((_, column) =>
    folds.includes(column) || column === guessedMissing ? [] : [column],
  )
  const candidates = free.filter((column) => numeric[column] === true)
  if (free.length < 3 || candidates.length === 0) {
    throw new FiligreeError(
      'invalid-file',
      `${fileName} is no long table of a tensor: it needs at least two columns that say where an entry stands and one with its value. It has ${listed(names)}.`,
    )
  }
  const guessedValue = free.find((column) => valueName.test(names[column] ?? '')) ?? candidates.at(-1) ?? 0
  const chosenValue = chosenWord(choices, 'valueColumn', names, names[guessedValue] ?? '')
  const value = names.indexOf(chosenValue)
  if (numeric[value] !== true) {
    throw new FiligreeError('invalid-file', `The column ${chosenValue} holds words, not values.`, {
      field: 'valueColumn',
    })
  }
  const indexColumns =
    chosenColumns(choices, 'indexColumns', names) ?? free.filter((column) => column !== value)
  if (indexColumns.length < 2 || indexColumns.includes(value)) {
    throw new FiligreeError(
      'invalid-parameter',
      'A tensor needs at least two columns that say where an entry stands, and the value is none of them.',
      { field: 'indexColumns' },
    )
  }
  const indices = indexColumns.map((column) => {
    const name = names[column] ?? ''
    const words = rows.map((row) => row[column] ?? '')
    const guess = numeric[column] === true ? guessKind(name, words.map(Number)) : 'label'
    return { column, kind: chosenWord(choices, kindKey(name), kinds, guess) }
  })
  const missing = guessedMissing >= 0 && choices['useMask'] !== false ? guessedMissing : null
  return {
    ...{ indices, value, missing, folds },
    options: [
      columnOption('valueColumn', 'Value', 'The column with the values.', candidates, names, value),
      listOption(
        'indexColumns',
        'Modes',
        'Columns that say where an entry stands, separated by commas.',
        indexColumns,
        names,
      ),
      ...indices.map(({ column, kind }): ImportOption => ({
        key: kindKey(names[column] ?? ''),
        title: `${names[column] ?? ''} is`,
        help: 'Real coordinates keep their distances: neighbours are told from far ones.',
        type: 'choice',
        choices: [
          { value: 'index', title: 'An index that counts' },
          { value: 'coordinate', title: 'A real coordinate' },
          { value: 'label', title: 'A name' },
        ],
        value: kind,
      })),
      ...(folds.length > 0 || choices['holdOutColumns'] !== undefined
        ? [
            listOption(
              'holdOutColumns',
              'Hold-out folds',
              'Columns with 1 where an entry is kept back for testing, a fold each.',
              folds,
              names,
            ),
          ]
        : []),
    ],
  }
}

/** More modes than this are rather the inputs of a table. */
const mostGuessedModes = 4

/**
 * Whether rows are those of a long table of a tensor and not of a table of observations: under names, one of which says
 * that the value stands there, with columns beside it that count, name, or repeat their coordinates.
 */
export function looksLikeLongTable(rows: readonly (readonly string[])[]): boolean {
  const [names = [], ...body] = rows
  if (body.length === 0 || names.some((name) => name === '' || isNumber(name))) return false
  const value = names.findIndex(
    (name) => valueName.test(name) && !(coordinateName.test(name) && name !== 'y'),
  )
  if (value < 0) return false
  const modes = names.flatMap((name, column) =>
    column === value || foldName.test(name) || maskName.test(name) ? [] : [column],
  )
  if (modes.length < 2 || modes.length > mostGuessedModes) return false
  // Tensors are written as tables under this heading, whatever their modes are called.
  if (names[value]?.toLowerCase() === 'value') return true
  return modes.every((column) => {
    const cells = body.map((row) => row[column] ?? '')
    const name = names[column] ?? ''
    const repeats = new Set(cells).size * 2 <= cells.length
    if (indexName.test(name)) return cells.every((cell) => /^\d+$/.test(cell))
    return (coordinateName.test(name) || !cells.every((cell) => isNumber(cell))) && repeats
  })
}

/** Whether a cell is a number, or says that there is none. */
export function isNumber(cell: string): boolean {
  return isEmptyCell(cell) || Number.isFinite(Number(cell))
}

/** Cells that stand for a missing value in the tables people bring. */
export function isEmptyCell(cell: string): boolean {
  return /^\s*(|nan|na|n\/a|null|none|-)\s*$/i.test(cell)
}

function guessKind(name: string, values: readonly number[]): 'index' | 'coordinate' {
  const whole = values.every((value) => Number.isInteger(value) && value >= 0)
  if (!whole) return 'coordinate'
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  return coordinateName.test(name) && lowest > highestStart ? 'coordinate' : 'index'
}

function kindKey(name: string): string {
  return `kind.${name}`
}

function chosenColumns(choices: ImportChoices, key: string, names: readonly string[]): number[] | null {
  const chosen = choices[key]
  if (chosen === undefined) return null
  return String(chosen)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((word) => {
      const column = names.indexOf(word)
      if (column >= 0) return column
      throw new FiligreeError(
        'invalid-parameter',
        `There is no column “${word}”. There are ${listed(names)}.`,
        {
          field: key,
        },
      )
    })
}

function columnOption(
  key: string,
  title: string,
  help: string,
  candidates: readonly number[],
  names: readonly string[],
  value: number,
): ImportOption {
  return {
    ...{ key, title, help },
    type: 'choice',
    choices: candidates.map((column) => ({ value: names[column] ?? '', title: names[column] ?? '' })),
    value: names[value] ?? '',
  }
}

function listOption(
  key: string,
  title: string,
  help: string,
  columns: readonly number[],
  names: readonly string[],
): ImportOption {
  return {
    ...{ key, title, help },
    type: 'text',
    choices: [],
    value: columns.map((column) => names[column] ?? '').join(', '),
  }
}
