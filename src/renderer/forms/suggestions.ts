import type { Dataset } from '../../shared/dataset'

/** A value the data speak for. It is offered, never filled in. */
export interface Suggestion {
  value: number
  /** What is offered and why: '3 in the truth'. */
  label: string
}

/** What a cube speaks for, by the name of the parameter. */
export function suggestionsFrom(cube: Dataset | null): Readonly<Partial<Record<string, Suggestion>>> {
  const truth = cube?.truth ?? null
  // Endmembers are (bands, materials), abundances (materials, lines, samples).
  const count = truth?.endmembers?.shape[1] ?? truth?.abundances?.shape[0]
  return count === undefined ? {} : { endmembers: { value: count, label: `${count} in the truth` } }
}
