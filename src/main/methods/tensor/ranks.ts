import type { Axis } from '../../../shared/array'
import { FiligreeError } from '../../../shared/failure'

/** '95 × 95 × 156 (line, sample, band)'. */
export function shapeWords(modes: readonly Axis[]): string {
  return `${modes.map(({ size }) => size).join(' × ')} (${modes.map(({ name }) => name).join(', ')})`
}

/**
 * A list of whole numbers as a person writes it: '20, 20, 5' or '20 20 5' or '20x20x5'. Throws a `FiligreeError` that
 * names the parameter where it is anything else.
 */
function wholeNumbers(text: string, field: string): number[] {
  const parts = text.split(/[\s,;x×]+/).filter((part) => part !== '')
  if (parts.length > 0 && parts.every((part) => /^\d{1,15}$/.test(part))) return parts.map(Number)
  throw new FiligreeError(
    'invalid-parameter',
    `'${text}' is no list of whole numbers. Write one for each mode, with commas between them: 20, 20, 5.`,
    { field },
  )
}

/**
 * Ranks for the modes of a tensor, given as a list or as text: one for each, or a single one for all. Throws a
 * `FiligreeError` where they do not fit.
 */
export function ranksFor(
  asked: string | readonly number[],
  modes: readonly Axis[],
  field = 'ranks',
): number[] {
  const given = typeof asked === 'string' ? wholeNumbers(asked, field) : asked
  const [only = 0] = given
  const ranks = given.length === 1 ? modes.map(({ size }) => Math.min(only, size)) : [...given]
  if (ranks.length !== modes.length) {
    throw new FiligreeError(
      'invalid-parameter',
      `${ranks.length} ranks were given for ${modes.length} modes: the tensor is ${shapeWords(modes)}. Give one rank for each mode.`,
      { field },
    )
  }
  ranks.forEach((rank, index) => {
    const mode = modes[index]
    if (mode === undefined || (rank >= 1 && rank <= mode.size)) return
    throw new FiligreeError(
      'invalid-parameter',
      `Rank ${rank} does not fit mode ${index + 1} (${mode.name}), which has ${mode.size} entries. Choose 1 to ${mode.size}.`,
      { field },
    )
  })
  return ranks
}
