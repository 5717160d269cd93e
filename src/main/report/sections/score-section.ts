import type { ScoreCard } from '../../../shared/run'
import { row, type Section, type Table } from '../document'
import { formatFixed, withUnit } from '../../../shared/numbers'

/** The score, against the truth or on what was held out, with the rules it was made by: figures never stand without them. */
export function scoreSection(key: string, card: ScoreCard): Section {
  return {
    id: `${key}-score`,
    title: card.columns.length > 0 ? 'Score against the known truth' : card.title,
    blocks: [
      ...(card.columns.length === 0 ? [] : [componentTable(card)]),
      {
        type: 'facts',
        items: card.metrics.map((metric) => ({
          label: metric.title,
          value: [
            withUnit(formatFixed(metric.value, metric.digits), metric.unit),
            metric.better === 'neither' ? '' : ` (${metric.better} is better)`,
          ],
        })),
      },
      {
        type: 'statement',
        tone: 'note',
        title: 'Rules of this score',
        text: card.rules.map((rule) => [rule]),
      },
    ],
    sections: [],
  }
}

/** The figures of each component. */
function componentTable(card: ScoreCard): Table {
  return {
    type: 'table',
    caption: [`${card.title}.`],
    columns: card.columns.map((column, index) => ({
      title: column.unit === null ? column.title : `${column.title} (${column.unit})`,
      align: index === 0 ? 'start' : 'end',
    })),
    rows: card.rows.map((cells) =>
      row(
        cells.map((cell, index) => {
          if (cell === null) return '–'
          return typeof cell === 'number' ? formatFixed(cell, card.columns[index]?.digits ?? null) : cell
        }),
      ),
    ),
  }
}
