import type { InputReference } from './run'

/** A word as a POSIX shell takes it unchanged; quoted only where it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** A call of the command line from its words. */
export function filigreeCommand(words: readonly string[]): string {
  return ['npx', 'filigree', ...words.map(shellWord)].join(' ')
}

/** How an input is written after `--input name=`. */
export function inputArgument(reference: InputReference): string {
  if (reference.type === 'dataset') return reference.dataset
  return reference.type === 'truth' ? 'truth' : `run:${reference.run}/${reference.artifact}`
}

/** How a parameter's value is written after `--set name=`. */
export function valueArgument(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
