import type { Workspace } from '../measurement/workspace'

/** A figure of ours beside the mark it has to reach. */
export interface Figure {
  name: string
  /** As printed; the JSON has `value` too. */
  text: string
  value: number
  /** Null where it is printed for the reader and has no mark. */
  mark: string | null
  passed: boolean | null
}

/** A group of figures that are found together. */
export interface Check {
  name: string
  /** Why it cannot be made on this machine; null where it can. */
  missing: () => string | null
  measure: (workspace: Workspace) => Promise<Figure[]>
}

/** A figure with the test it must pass. */
export function figure(
  name: string,
  value: number,
  mark: { text: string; passes: (value: number) => boolean },
  text = value.toPrecision(4),
): Figure {
  return { name, text, value, mark: mark.text, passed: mark.passes(value) }
}

/** A figure that is printed for the reader and has no mark. */
export function forTheRecord(name: string, value: number, text = value.toPrecision(4)): Figure {
  return { name, text, value, mark: null, passed: null }
}

export const atMost = (limit: number, unit = '') => ({
  text: `≤ ${limit}${unit}`,
  passes: (value: number) => value <= limit,
})

export const atLeast = (limit: number, unit = '') => ({
  text: `≥ ${limit}${unit}`,
  passes: (value: number) => value >= limit,
})

export const within = (centre: number, reach: number, unit = '') => ({
  text: `${centre} ± ${reach}${unit}`,
  passes: (value: number) => Math.abs(value - centre) <= reach,
})
