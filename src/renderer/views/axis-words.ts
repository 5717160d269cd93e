import type { Axis } from '../../shared/array'

/** What the entries of an axis are called: their labels, else 'Point 3', counted from 1. */
export function entryNames(axis: Axis | undefined, size: number, word: string): string[] {
  return Array.from({ length: size }, (_, index) => axis?.labels?.[index] ?? `${word} ${index + 1}`)
}
