/** One choice of ranks on a trade-off curve. */
export interface RankChoice {
  /** Numbers of core and factors together. */
  size: number
  /** Relative error, of each kind the table has. */
  errors: number[]
  ranks: number[]
}

/** A trade-off of error against size, of rising size. */
export interface Tradeoff {
  errorNames: string[]
  choices: RankChoice[]
}

/** Reads a (choice, quantity) array: size first, the ranks of `modes` modes last, errors by their names between. */
export function readTradeoff(values: ArrayLike<number>, labels: readonly string[], modes: number): Tradeoff {
  const columns = labels.length
  const errors = labels.flatMap((label, column) =>
    column > 0 && column < columns - modes && /error/i.test(label) ? [column] : [],
  )
  const rows = columns === 0 ? 0 : Math.floor(values.length / columns)
  const choices = Array.from({ length: rows }, (_, row): RankChoice => {
    const cell = (column: number) => values[row * columns + column] ?? Number.NaN
    return {
      size: cell(0),
      errors: errors.map(cell),
      ranks: Array.from({ length: modes }, (_, mode) => cell(columns - modes + mode)),
    }
  })
  return {
    errorNames: errors.map((column) => labels[column] ?? ''),
    choices: choices.toSorted((one, other) => one.size - other.size),
  }
}

/** Index of the largest choice whose size keeps within a budget; the first one where none does. */
export function withinBudget(choices: readonly RankChoice[], budget: number): number {
  return Math.max(
    0,
    choices.findLastIndex(({ size }) => size <= budget),
  )
}

/** Index of the first choice with these ranks; null where there is none. */
export function choiceOfRanks(choices: readonly RankChoice[], ranks: readonly number[]): number | null {
  const at = choices.findIndex((choice) => choice.ranks.join() === ranks.join())
  return at < 0 ? null : at
}
