import { arraySource, readWhole } from '../../formats'
import type { Artifact } from '../../../shared/run'
import { artifactSource } from '../array-sources'
import type { Line } from '../charts/line-chart'
import { componentNames, truthName, truthOfEstimates } from '../component-names'
import type { Block } from '../document'
import { unreadable } from '../pictures/unreadable'
import type { ReportedRun } from '../report-input'
import { axisPositions, axisTitle, linesFigure } from './lines-figure'

/** Columns of an array (entries, components) as lines; spectra get the truth they were matched with beside them. */
export async function spectraFigure(key: string, run: ReportedRun, artifact: Artifact): Promise<Block> {
  const read = await unreadable(artifact.title, () => readWhole(artifactSource(run.folder, artifact)))
  if ('type' in read) return read
  const [size = 0, count = 1] = read.shape
  const names = componentNames(artifact.axes[1], run)
  const estimates = Array.from({ length: count }, (_, component): Line => ({
    name: names[component] ?? `${component + 1}`,
    values: column(read.values, size, count, component),
    dashed: false,
    colour: component,
  }))
  const truth = artifact.meaning === 'spectra' ? await truthLines(run, artifact, estimates) : []
  const horizontal = artifact.axes[0]
  const unit = artifact.unit === null ? '' : ` (${artifact.unit})`
  return linesFigure({
    key,
    title: artifact.title,
    horizontal: { title: axisTitle(horizontal), positions: axisPositions(horizontal, size) },
    vertical: { title: `Value${unit}`, logarithmic: false },
    lines: [...estimates, ...truth],
    caption: [
      `${artifact.title}.`,
      ...(truth.length === 0
        ? []
        : [
            ' Dashed: the truth, each spectrum multiplied by the factor that brings it nearest (least squares) to the estimate it was matched with; angles do not depend on that factor.',
          ]),
    ],
  })
}

/** The truth's spectra on the scale of their estimates; none where the bands are not the same ones. */
async function truthLines(run: ReportedRun, artifact: Artifact, estimates: readonly Line[]): Promise<Line[]> {
  const reference = run.dataset?.truth?.endmembers ?? null
  const pairs = truthOfEstimates(run)
  if (reference === null || run.datasetFolder === null || pairs.size === 0) return []
  const [bands = 0, count = 0] = reference.shape
  if (artifact.axes[1]?.name !== 'endmember' || reference.shape.length !== 2) return []
  const positions = bandsOfTruth(run, artifact, bands)
  if (positions === null) return []
  const folder = run.datasetFolder
  const read = await unreadable('The truth', () => readWhole(arraySource(reference, folder)))
  if ('type' in read) return []
  return estimates.flatMap((estimate, component): Line[] => {
    const truth = pairs.get(component)
    if (truth === undefined || truth >= count) return []
    const whole = column(read.values, bands, count, truth)
    const values = Float64Array.from(positions, (band) => whole[band] ?? Number.NaN)
    const factor = fittingFactor(values, estimate.values)
    return [
      {
        name: `${truthName(run, truth)}, truth`,
        values: values.map((value) => value * factor),
        dashed: true,
        colour: estimate.colour,
      },
    ]
  })
}

/** The truth's bands that the artifact kept: all of them, or those the file calls good. */
function bandsOfTruth(run: ReportedRun, artifact: Artifact, bands: number): number[] | null {
  const kept = artifact.shape[0]
  if (kept === bands) return Array.from({ length: bands }, (_, band) => band)
  const good = (run.dataset?.goodBands ?? []).flatMap((isGood, band) => (isGood ? [band] : []))
  return good.length === kept && run.dataset?.goodBands?.length === bands ? good : null
}

/** The factor s that makes ‖s·t − e‖ smallest. */
function fittingFactor(truth: ArrayLike<number>, estimate: ArrayLike<number>): number {
  let product = 0
  let square = 0
  for (let band = 0; band < truth.length; band += 1) {
    const value = truth[band] ?? 0
    product += value * (estimate[band] ?? 0)
    square += value * value
  }
  return square > 0 && Number.isFinite(product) ? product / square : 1
}

function column(values: Float64Array, rows: number, columns: number, index: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, entry) => values[entry * columns + index] ?? Number.NaN)
}
