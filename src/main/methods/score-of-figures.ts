import type { Metric, ScoreCard } from '../../shared/run'

/** A figure of a family's solvers that its runs are compared by. */
export interface ScoredFigure {
  figure: string
  title: string
  unit: string
  better: Metric['better']
  digits: number
  /** How the figure is made, as a sentence. */
  rule: string
}

/** A score card from the figures that a solver recomputed at the end; null where it has none of those that are scored. */
export function scoreOfFigures(
  title: string,
  scored: readonly ScoredFigure[],
  figures: Readonly<Record<string, number>>,
): ScoreCard | null {
  const found = scored.flatMap((each) => {
    const value = figures[each.figure]
    return value === undefined || !Number.isFinite(value) ? [] : [{ ...each, value }]
  })
  if (found.length === 0) return null
  return {
    title,
    rules: found.map(({ rule }) => rule),
    columns: [],
    rows: [],
    matching: [],
    metrics: found.map((each) => ({
      id: each.figure,
      title: each.title,
      value: each.value,
      unit: each.unit,
      better: each.better,
      digits: each.digits,
    })),
  }
}
