export { formatCount as counted, formatWhole as grouped } from '../../shared/numbers'
import { formatWhole } from '../../shared/numbers'

/** '95 × 95 × 156'. */
export function shapeText(shape: readonly number[]): string {
  return shape.map((size) => formatWhole(size)).join(' × ')
}

/** A number as a person would write it: at most six significant digits. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(6)))
}

/** 'a', 'a and b', 'a, b and c'. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
