import type { Axis } from '../../../shared/array'
import { lineColours } from '../charts/chart-parts'
import { drawLineChart, type Line } from '../charts/line-chart'
import { row, type Figure, type Inline, type Table } from '../document'
import { formatNumber } from '../../../shared/numbers'
import { capitalised } from '../../../shared/words'

/** More lines than this in one chart cannot be told apart; the table and the file hold the rest. */
export const mostLines = lineColours.length * 2
/** Longest table of values behind a chart; longer ones would swamp the report. */
const mostRows = 512

export interface LinesInput {
  /** Unique in the document. */
  key: string
  title: string
  horizontal: { title: string; positions: number[]; logarithmic?: boolean }
  vertical: { title: string; logarithmic: boolean }
  lines: Line[]
  caption: Inline[]
  size?: 'wide' | 'half'
}

/** Lines over one axis with the table of their values. */
export function linesFigure(input: LinesInput): Figure {
  const drawn = input.lines.filter((line) => line.colour < mostLines)
  const left = input.lines.length - drawn.length
  const caption: Inline[] =
    left === 0 ? input.caption : [...input.caption, ` ${left} more lines are not drawn.`]
  return {
    type: 'figure',
    caption,
    panels: [
      drawLineChart({
        key: input.key,
        title: input.title,
        description: describeLines(input),
        horizontal: input.horizontal,
        vertical: input.vertical,
        lines: drawn,
        size: input.size ?? 'wide',
      }),
    ],
    colourBar: null,
    // Of hundreds of lines the file has the numbers: a table as wide could not be read.
    data: input.horizontal.positions.length > mostRows ? null : valueTable({ ...input, lines: drawn }),
  }
}

/** What an axis is called in a chart: 'Wavelength (µm)', 'Band, counted from 0'. */
export function axisTitle(axis: Axis | undefined): string {
  const name = axis?.name ?? 'index'
  const title = capitalised(name)
  if (axis === undefined || axis.unit === null) {
    // Band numbers stand for the coordinates of bands that have no wavelengths.
    return axis?.coordinates && axis.name !== 'band' ? title : `${title}, counted from 0`
  }
  return name === 'band' ? `Wavelength (${axis.unit})` : `${title} (${axis.unit})`
}

/** Where the entries of an axis lie: its coordinates, else 0, 1, 2 … */
export function axisPositions(axis: Axis | undefined, size: number): number[] {
  return axis?.coordinates ?? Array.from({ length: size }, (_, index) => index)
}

function describeLines(input: LinesInput): string {
  const ranges = input.lines.slice(0, mostLines).map((line) => {
    const finite = Array.from(line.values).filter((value) => Number.isFinite(value))
    if (finite.length === 0) return `${line.name} has no finite value`
    const low = finite.reduce((least, value) => Math.min(least, value))
    const high = finite.reduce((most, value) => Math.max(most, value))
    return `${line.name} from ${formatNumber(low, 3)} to ${formatNumber(high, 3)}`
  })
  return `${input.vertical.title} over ${input.horizontal.title.toLowerCase()}: ${ranges.join('; ')}.`
}

function valueTable(input: LinesInput): Table {
  return {
    type: 'table',
    caption: [`${input.title}: the values drawn.`],
    columns: [
      { title: input.horizontal.title, align: 'end' },
      ...input.lines.map((line) => ({ title: line.name, align: 'end' as const })),
    ],
    rows: input.horizontal.positions.map((position, index) =>
      row([
        formatNumber(position, 5),
        ...input.lines.map((line) => formatNumber(line.values[index] ?? Number.NaN, 5)),
      ]),
    ),
  }
}
