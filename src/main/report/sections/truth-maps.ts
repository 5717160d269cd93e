import type { Artifact } from '../../../shared/run'
import { arraySource } from '../../formats'
import { artifactSource, fixIndex } from '../array-sources'
import { componentNames, truthName, truthOfEstimates } from '../component-names'
import type { Block } from '../document'
import type { ReportedRun } from '../report-input'
import { mapsFigure } from './maps-figure'

/**
 * The truth's abundance maps in the order of the estimates they were matched with, and estimate minus truth.
 * Nothing where the output is not one of endmembers, or where the scene has no truth.
 */
export async function truthMapFigures(run: ReportedRun, artifact: Artifact): Promise<Block[]> {
  const reference = run.dataset?.truth?.abundances ?? null
  const folder = run.datasetFolder
  const comparable = artifact.axes[0]?.name === 'endmember' && artifact.deviationOf === null
  if (reference === null || folder === null || !comparable) return []
  const [count = 0, ...plane] = reference.shape
  if (plane.join() !== artifact.shape.slice(1).join()) return []
  const truth = arraySource(reference, folder)
  const estimate = artifactSource(run.folder, artifact)
  const names = componentNames(artifact.axes[0], run)
  const pairs = [...truthOfEstimates(run)]
    .filter(([component, index]) => index < count && component < names.length)
    .sort(([first], [second]) => first - second)
  if (pairs.length === 0) return []
  const shared = { unit: artifact.unit, minimum: null, maximum: null }
  const figure = await mapsFigure({
    ...shared,
    title: `Truth of ${artifact.title.toLowerCase()}`,
    scale: artifact.scale,
    notes: ['In the order of the estimates they were matched with.'],
    planes: pairs.map(([, index]) => ({ title: truthName(run, index), source: fixIndex(truth, 0, index) })),
  })
  const difference = await mapsFigure({
    ...shared,
    title: `${artifact.title}, estimate minus truth`,
    scale: 'diverging',
    notes: ['Red: too much; blue: too little.'],
    planes: pairs.map(([component, index]) => ({
      title: names[component] ?? '',
      source: fixIndex(estimate, 0, component),
      subtract: fixIndex(truth, 0, index),
    })),
  })
  return [figure, difference]
}
