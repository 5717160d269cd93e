import type { Axis } from '../../../shared/array'
import { FiligreeError } from '../../../shared/failure'

/** '95 × 95 × 156 (line, sample, band)'. */
export function shapeWords(modes: readonly Axis[]): string {
  return `${modes.map(({ size }) => size).join(' × ')} (${modes.map(({ name }) => name).join(', ')})`
}

/**
 * Ranks for the modes of a tensor: one for each, or a single one for all. Throws a `FiligreeError` where they do not
 * fit.
 */
export function ranksFor(given: readonly number[], modes: readonly Axis[], field = 'ranks'): number[] {
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
