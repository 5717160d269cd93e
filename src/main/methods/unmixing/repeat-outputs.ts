import { join } from 'node:path'
import type { Axis } from '../../../shared/array'
import { output, type WrittenArtifact } from '../../../shared/method'
import { writeNpy } from '../../formats'
import { plainAxis } from './preparation'
import { mean, type Matching } from './repeat-matching'

/** Outputs that every repeating method gives: means, deviations, and how far the repeats agree. */
export const repeatOutputs = {
  endmembers: output.spectra({
    title: 'Mean endmembers',
    help: 'Mean over the repeats, matched with the repeat that lies in their middle; on the scale of the prepared pixels.',
  }),
  endmembersDeviation: output.spectra({
    title: 'Deviation of the endmembers',
    help: 'Standard deviation over the repeats.',
    deviationOf: 'endmembers',
  }),
  abundances: output.maps({
    title: 'Mean abundances',
    scale: 'fraction',
    help: 'Mean over the repeats of the share of every endmember in every pixel.',
  }),
  abundancesDeviation: output.maps({
    title: 'Deviation of the abundances',
    help: 'Standard deviation over the repeats. Where it is large, do not trust the map.',
    deviationOf: 'abundances',
  }),
  components: output.table({
    title: 'Spread of the endmembers',
    help: 'For every endmember: in how many repeats it was found, its mean abundance, the root mean square deviation of its abundances, and how far its spectrum turns.',
  }),
  repeats: output.table({
    title: 'Repeats',
    help: 'Mean and largest angle of the matched spectra of each repeat to the one that lies in the middle.',
  }),
  agreement: output.matrix({
    title: 'Pairwise agreement',
    unit: '°',
    help: 'Mean angle between the matched spectra of every two repeats. A block of small angles is an answer the method finds again and again; several blocks are several answers.',
  }),
}

const tableAxes = (rows: Axis, labels: string[]): Axis[] => [
  rows,
  { ...plainAxis('quantity', labels.length), labels },
]

/** Writes the tables of the repeats. `names` are the repeats'. */
export async function writeRepeatTables(
  folder: string,
  names: readonly string[],
  matching: Matching,
): Promise<WrittenArtifact[]> {
  const repeat: Axis = { ...plainAxis('repeat', names.length), labels: [...names] }
  const rows = matching.angles.flatMap((angles, index) => [
    mean(angles),
    Math.max(...angles),
    mean((matching.agreement[index] ?? []).filter((_, other) => other !== index)),
  ])
  const labels = ['mean angle to the middle / °', 'largest angle / °', 'mean angle to the others / °']
  await writeNpy(join(folder, 'repeats.npy'), 'float64', [names.length, 3], Float64Array.from(rows))
  const square = [names.length, names.length]
  await writeNpy(
    join(folder, 'agreement.npy'),
    'float64',
    square,
    Float64Array.from(matching.agreement.flat()),
  )
  return [
    { name: 'repeats', axes: tableAxes(repeat, labels) },
    { name: 'agreement', axes: [repeat, { ...repeat, name: 'other repeat' }] },
  ]
}

/**
 * Writes the table of the components: what the joined repeats say of each, and the angles of its spectra where these
 * differ from repeat to repeat.
 */
export async function writeComponents(
  folder: string,
  joined: Float64Array,
  angles: readonly (readonly number[])[] | null,
  names: string[] | null,
): Promise<WrittenArtifact> {
  const count = joined.length / 3
  const labels = [
    'repeats',
    'mean abundance',
    'deviation of the abundances',
    ...(angles === null ? [] : ['mean angle to the middle / °', 'largest angle / °']),
  ]
  const rows = Array.from({ length: count }, (_, component) => {
    const found = joined.subarray(3 * component, 3 * component + 3)
    if (angles === null) return [...found]
    const own = angles.flatMap((repeat) => repeat.slice(component, component + 1))
    return [...found, mean(own), Math.max(0, ...own)]
  })
  const shape = [count, labels.length]
  await writeNpy(join(folder, 'components.npy'), 'float64', shape, Float64Array.from(rows.flat()))
  const component: Axis = { ...plainAxis('endmember', count), labels: names }
  return { name: 'components', axes: tableAxes(component, labels) }
}
