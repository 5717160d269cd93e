import type { RankChoice } from '../../shared/tradeoff'

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
