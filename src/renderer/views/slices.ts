import type { DataArray } from '../client/data'

/** Number of the choice that holds the other inputs at these levels: C order, the last one fastest. */
export function choiceOf(levels: readonly number[], levelCount: number): number {
  return levels.reduce((choice, level) => choice * levelCount + level, 0)
}

/** One line of slices (input, choice, position, quantity): positions, means and deviations. */
export function sliceLine(
  { values, shape }: DataArray,
  input: number,
  choice: number,
): { x: number[]; y: number[]; spread: number[] } {
  const [, choices = 1, positions = 0, quantities = 1] = shape
  const start = (input * choices + choice) * positions * quantities
  const column = (quantity: number) =>
    Array.from(
      { length: positions },
      (_, position) => values[start + position * quantities + quantity] ?? Number.NaN,
    )
  return { x: column(0), y: column(1), spread: column(2) }
}
