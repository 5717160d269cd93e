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

/** Where the arrow keys lead from a choice; null for another key. */
export function choiceAfterKey(key: string, now: number, count: number): number | null {
  const leap = Math.max(1, Math.round(count / 10))
  const steps: Partial<Record<string, number>> = {
    ArrowRight: now + 1,
    ArrowUp: now + 1,
    ArrowLeft: now - 1,
    ArrowDown: now - 1,
    PageUp: now + leap,
    PageDown: now - leap,
    Home: 0,
    End: count - 1,
  }
  const next = steps[key]
  return next === undefined ? null : Math.min(count - 1, Math.max(0, next))
}

/** A scale from values to points of a picture, by logarithms where it can be. */
export function pointScale(
  low: number,
  high: number,
  from: number,
  to: number,
  logarithmic: boolean,
): { toPoint: (value: number) => number; toValue: (point: number) => number } {
  const by = (value: number) => (logarithmic ? Math.log10(Math.max(value, low)) : value)
  const [start, end] = [by(low), by(high)]
  const span = end - start || 1
  return {
    toPoint: (value) => from + ((by(value) - start) / span) * (to - from),
    toValue: (point) => {
      const value = start + ((point - from) / (to - from)) * span
      return logarithmic ? 10 ** value : value
    },
  }
}

/** Index of the choice whose size lies nearest to a value, by their ratio. */
export function nearestChoice(choices: readonly RankChoice[], size: number): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  choices.forEach((choice, index) => {
    const distance = Math.abs(Math.log(choice.size / size))
    if (distance < least) {
      least = distance
      best = index
    }
  })
  return best
}
