import type { ColumnRole, ImportChoices, ImportOption } from '../../shared/dataset'
import { columnRoleSchema, columnRoleTitles } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { chosenWord } from './choice-values'
import { listed } from './wording'

/** What a column of a table is known by when its role is guessed. */
export interface ColumnFacts {
  name: string
  /** Some of the words in it, where it holds words and no numbers. */
  words: string[] | null
  /** Whether every number in it is 0 or 1. */
  flags: boolean
  /** Whether its numbers are whole and rise by one from row to row: the number of the row. */
  counts: boolean
}

const splitName = /^(split|test|fold|mask|hold[-_ ]?out|is[-_ ]?test|cv)[-_ ]?(mask)?[-_ ]?\d*$/i
const weightName = /^(w|wts?|weights?)$/i
const noiseName = /(noise|error|err|obs).*(var|variance)|^(var|variance|sigma2|sigma_?sq(uared)?)$/i
const targetName =
  /^(y|t?arget|target|output|response|label|value|obs|observation|observed|outcome|dependent|z)$/i
/** Names of columns that number the rows. */
const rowName = /^(id|index|row|no|nr|number|unnamed.*|column 1)$/i
const roles = columnRoleSchema.options

/** Key of the choice that gives a column its role. */
export function roleKey(name: string): string {
  return `role.${name}`
}

/** What each column is for, as chosen or as guessed. Throws `invalid-parameter` for a role that does not fit. */
export function tableRoles(columns: readonly ColumnFacts[], choices: ImportChoices): ColumnRole[] {
  const guessed = guessedRoles(columns)
  const chosen = columns.map(({ name }, column) =>
    chosenWord(choices, roleKey(name), roles, guessed[column] ?? 'unused'),
  )
  // A target that was chosen takes the place of the one that was guessed.
  const given = columns.findIndex(
    ({ name }, column) => chosen[column] === 'target' && choices[roleKey(name)] === 'target',
  )
  const kept = chosen.map((role, column): ColumnRole => {
    const guess = choices[roleKey(columns[column]?.name ?? '')] === undefined
    return role === 'target' && guess && given >= 0 && given !== column ? 'input' : role
  })
  requireRolesFit(columns, kept)
  return kept
}

/** Refuses words as numbers, more than one target, weight or noise variance, and splits that are no flags. */
export function requireRolesFit(
  columns: readonly Pick<ColumnFacts, 'name' | 'words' | 'flags'>[],
  chosen: readonly ColumnRole[],
): void {
  columns.forEach(({ name, words, flags }, column) => {
    const role = chosen[column] ?? 'unused'
    if (role === 'unused') return
    if (words !== null) {
      throw new FiligreeError(
        'invalid-parameter',
        `The column ${name} holds words (${listed(words.map((word) => `“${word}”`))}), and only numbers can be “${columnRoleTitles[role]}”. Categories are not turned into numbers by themselves: leave the column unused, or write numbers for its words into the file, such as a column of 0 and 1 for each of them.`,
        { field: roleKey(name) },
      )
    }
    if (role === 'split' && !flags) {
      throw new FiligreeError(
        'invalid-parameter',
        `The column ${name} is no split mask: it holds other numbers than 0 and 1, where 1 marks a row that is held out.`,
        { field: roleKey(name) },
      )
    }
  })
  for (const role of ['target', 'weight', 'noise-variance'] as const) {
    const several = columns.filter((_, column) => chosen[column] === role)
    if (several.length < 2) continue
    throw new FiligreeError(
      'invalid-parameter',
      `${listed(several.map(({ name }) => name))} all have the role “${columnRoleTitles[role]}”, and one column at most can. Make the others unused.`,
      { field: roleKey(several[1]?.name ?? '') },
    )
  }
}

/** One question a column: what it is for. */
export function roleOptions(columns: readonly ColumnFacts[], chosen: readonly ColumnRole[]): ImportOption[] {
  return columns.map(({ name, words }, column) => ({
    key: roleKey(name),
    title: name,
    help: words === null ? '' : 'Holds words, which no solver can use.',
    type: 'choice',
    choices: (words === null ? roles : (['unused'] as const)).map((role) => ({
      value: role,
      title: columnRoleTitles[role],
    })),
    value: chosen[column] ?? 'unused',
  }))
}

/** By their names, splits also by their numbers; the last column that is left is the target, the others are inputs. */
function guessedRoles(columns: readonly ColumnFacts[]): ColumnRole[] {
  const first = (pattern: RegExp) => columns.findIndex(({ name }) => pattern.test(name))
  const [weight, noise] = [first(weightName), first(noiseName)]
  const guessed = columns.map(({ name, words, flags, counts }, column): ColumnRole | null => {
    if (words !== null || (counts && rowName.test(name))) return 'unused'
    if (flags && splitName.test(name)) return 'split'
    if (column === weight) return 'weight'
    return column === noise ? 'noise-variance' : null
  })
  const open = columns.flatMap((_, column) => (guessed[column] === null ? [column] : []))
  const named = open.filter((column) => targetName.test(columns[column]?.name ?? ''))
  const target = open.length < 2 ? undefined : (named[0] ?? open.at(-1))
  return guessed.map((role, column) => role ?? (column === target ? 'target' : 'input'))
}
