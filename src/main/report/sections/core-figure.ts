import { artifactFigure } from './artifact-figure'
import { largestEntries, shareOfSquares } from '../../../shared/core-entries'
import { formatNumber, formatWhole } from '../../../shared/numbers'
import { drawBarChart } from '../charts/bar-chart'
import { row } from '../document'

/** Entries that are drawn; the file has all of them. */
const shownEntries = 40

/** The largest entries of a core as bars, the largest first. */
export const coreFigure = artifactFigure((read, { key, artifact, notes }) => {
  const entries = largestEntries(read.values, read.shape, shownEntries)
  const names = entries.map(({ indices }) => `(${indices.join(', ')})`)
  const share = formatNumber(100 * shareOfSquares(entries, read.values), 4)
  const told = `The ${entries.length} largest of ${formatWhole(read.values.length)} entries by size, named by their components counted from 1; together ${share} % of the sum of squares.`
  return {
    type: 'figure',
    caption: [[`${artifact.title}.`, ...notes, told].join(' ')],
    panels: [
      drawBarChart({
        key,
        title: artifact.title,
        description: `${artifact.title}: ${entries
          .map(({ value }, at) => `${names[at] ?? ''} ${formatNumber(value, 3)}`)
          .join('; ')}.`,
        items: entries.map(({ value }, at) => `${names[at] ?? ''}${value < 0 ? ' −' : ''}`),
        value: { title: 'Size of the entry', logarithmic: false },
        parts: [{ name: 'Size', values: entries.map(({ value }) => Math.abs(value)) }],
      }),
    ],
    colourBar: null,
    data: {
      type: 'table',
      caption: [`${artifact.title}: the entries drawn.`],
      columns: [
        { title: 'Components', align: 'start' },
        { title: 'Entry', align: 'end' },
      ],
      rows: entries.map(({ value }, at) => row([names[at] ?? '', formatNumber(value, 6)])),
    },
  }
})
