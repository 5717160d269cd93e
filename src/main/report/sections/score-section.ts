import type { ScoreCard } from '../../../shared/run'
import { row, type Section } from '../document'
import { formatFixed, withUnit } from '../../../shared/numbers'

/** The score against the truth, with the rules it was made by: figures never stand without them. */
export function scoreSection(key: string, card: ScoreCard): Section {
  return {
    id: `${key}-score`,
    title: 'Score against the known truth',
    blocks: [
      {
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
      },
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
