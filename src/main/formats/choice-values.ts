import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { listed } from './wording'

/** The chosen word for a key, or the guess where none was chosen. Throws `invalid-parameter` for another word. */
export function chosenWord<Word extends string>(
  choices: ImportChoices,
  key: string,
  words: readonly Word[],
  guess: Word,
): Word {
  const chosen = choices[key]
  if (chosen === undefined) return guess
  const word = words.find((known) => known === chosen)
  if (word !== undefined) return word
  throw new FiligreeError(
    'invalid-parameter',
    `"${String(chosen)}" is no answer for ${key}; it is one of ${listed(words)}.`,
    { field: key },
  )
}

/** The chosen whole number above 0 for a key, or the guess where none was chosen. */
export function chosenCount(choices: ImportChoices, key: string, guess: number): number {
  const chosen = choices[key]
  if (chosen === undefined) return guess
  const value = typeof chosen === 'string' && chosen.trim() !== '' ? Number(chosen) : chosen
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw new FiligreeError(
    'invalid-parameter',
    `${key} must be a whole number above 0, not "${String(chosen)}".`,
    {
      field: key,
    },
  )
}

/** The choices a plan came to, complete: with them the same import can be made again. */
export function usedChoices(options: readonly ImportOption[]): ImportChoices {
  return Object.fromEntries(options.map(({ key, value }) => [key, value]))
}
