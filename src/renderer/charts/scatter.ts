import type { AxisText, TableRows, Values } from './series'

/** Points of one kind: `y[i]` at `x[i]`. */
export interface ScatterGroup {
  /** Stays the same while the chart lives. */
  id: string
  name: string
  x: Values
  y: Values
  /** Half the length of an interval on either side of `y`, where it is known. */
  spread?: Values
  /** Place in the palette; its own position where left out. */
  colour?: number
}

/** One point of a scatter. */
export interface ScatterPoint {
  group: number
  index: number
}

/** A chart of points, as data. */
export interface ScatterPlot {
  /** What the chart shows, for its accessible name and the names of exported files. */
  title: string
  x: AxisText
  y: AxisText
  groups: readonly ScatterGroup[]
  /** The point that stands out: the one that was chosen by a rule. */
  chosen?: ScatterPoint | null
  /** Whether the line y = x is drawn, where both quantities are the same. */
  diagonal?: boolean
  /** What is told of a point: its name, and quantities with their values. */
  tell: (point: ScatterPoint) => { name: string; values: { name: string; value: string }[] }
  table: () => { header: readonly string[]; rows: TableRows }
}

/** Points of all groups that can be drawn, from left to right: the way the arrow keys go. */
export function pointsFromLeft(plot: ScatterPlot, hidden: ReadonlySet<string>): ScatterPoint[] {
  const points = plot.groups.flatMap(({ id, x, y }, group) =>
    hidden.has(id)
      ? []
      : Array.from({ length: x.length }, (_, index) => ({ group, index })).filter(
          ({ index }) => Number.isFinite(x[index]) && Number.isFinite(y[index]),
        ),
  )
  const place = ({ group, index }: ScatterPoint) => plot.groups[group]?.x[index] ?? 0
  return points.sort((one, other) => place(one) - place(other))
}
