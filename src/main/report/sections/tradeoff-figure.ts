import { artifactFigure } from './artifact-figure'
import { formatNumber, formatWhole } from '../../../shared/numbers'
import { choiceOfRanks, readTradeoff, withinBudget, type Tradeoff } from '../../../shared/tradeoff'
import { drawLineChart, type Line } from '../charts/line-chart'
import { row } from '../document'
import type { ReportedRun } from '../report-input'

/** Rows of the table behind the curve; the file has every choice. */
const mostRows = 64

/** Error against size of every choice of ranks, with the choice of the run marked. */
export const tradeoffFigure = artifactFigure((read, { key, run, artifact, notes }) => {
  const labels = artifact.axes[1]?.labels ?? []
  const modes = labels.filter((label) => label.startsWith('Rank')).length
  const curve = readTradeoff(read.values, labels, modes)
  const at = chosenOf(run, curve)
  const chosen = at === null ? undefined : curve.choices[at]
  const made = run.record.artifacts.some(({ name }) => name === 'core')
  const told =
    chosen === undefined
      ? []
      : [
          `${made ? 'Chosen' : 'Largest within the budget on this curve'}: ranks ${chosen.ranks.join(', ')}, ${formatWhole(chosen.size)} numbers, ${curve.errorNames
            .map(
              (name, kind) => `${name.toLowerCase()} ${formatNumber(chosen.errors[kind] ?? Number.NaN, 4)}`,
            )
            .join(', ')}.`,
        ]
  const lines = curve.errorNames.map((name, kind): Line => ({
    name,
    values: curve.choices.map(({ errors }) => positive(errors[kind])),
    dashed: false,
    colour: kind,
  }))
  return {
    type: 'figure',
    caption: [[`${artifact.title}.`, ...notes, ...told].join(' ')],
    panels: [
      drawLineChart({
        key,
        title: artifact.title,
        description: `Relative error against numbers kept, ${formatWhole(curve.choices.length)} choices of ranks. ${told.join('')}`,
        horizontal: {
          title: labels[0] ?? 'Size',
          positions: curve.choices.map(({ size }) => size),
          logarithmic: true,
        },
        vertical: { title: 'Relative error', logarithmic: true },
        lines,
        size: 'wide',
        ...(chosen === undefined
          ? {}
          : {
              mark: {
                at: [chosen.size, positive(chosen.errors.at(-1))] as const,
                name: `(${chosen.ranks.join(', ')})`,
              },
            }),
      }),
    ],
    colourBar: null,
    data: {
      type: 'table',
      caption: [`${artifact.title}: choices of rising size.`],
      columns: ['Ranks', labels[0] ?? 'Size', ...curve.errorNames].map((title, column) => ({
        title,
        align: column === 0 ? ('start' as const) : ('end' as const),
      })),
      rows: tableRows(curve, at).map(({ ranks, size, errors }) =>
        row([ranks.join(', '), formatWhole(size), ...errors.map((error) => formatNumber(error, 5))]),
      ),
    },
  }
})

/** The choice that the run made: the ranks of its core, or else the largest within its budget. */
function chosenOf({ record }: ReportedRun, { choices }: Tradeoff): number | null {
  const core = record.artifacts.find(({ name }) => name === 'core')
  if (core !== undefined) return choiceOfRanks(choices, core.shape)
  const budget = record.parameters['budget']
  return typeof budget === 'number' && choices.length > 0 ? withinBudget(choices, budget) : null
}

/** Evenly spread choices, the chosen one among them. */
function tableRows({ choices }: Tradeoff, chosen: number | null): Tradeoff['choices'] {
  const step = Math.max(1, Math.ceil(choices.length / mostRows))
  return choices.filter((_, index) => index % step === 0 || index === chosen)
}

/** What a logarithmic axis can show. */
function positive(error: number | undefined): number {
  return error !== undefined && error > 0 ? error : Number.NaN
}
