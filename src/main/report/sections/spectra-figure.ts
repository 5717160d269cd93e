import { artifactFigure } from './artifact-figure'
import { readArtifact } from '../pictures/read-artifact'
import type { Axis } from '../../../shared/array'
import { keptBandsOf } from '../../../shared/kept-bands'
import { arraySource, readWhole } from '../../formats'
import type { Artifact } from '../../../shared/run'
import type { Line } from '../charts/line-chart'
import { componentNames, truthName, truthOfEstimates } from '../component-names'
import { unreadable } from '../pictures/unreadable'
import type { ReportedRun } from '../report-input'
import { axisPositions, axisTitle, linesFigure } from './lines-figure'

/** Columns of an array (entries, components) as lines; spectra get the truth they were matched with beside them. */
export const spectraFigure = artifactFigure(async (read, { key, run, artifact }) => {
  const [size = 0, count = 1] = read.shape
  const places = placesOf(run, artifact, size)
  const spread = await deviations(run, artifact)
  const names = componentNames(artifact.axes[1], run)
  const estimates = Array.from({ length: count }, (_, component): Line => ({
    name: names[component] ?? `${component + 1}`,
    values: column(read.values, places.rows, count, component),
    ...(spread === null ? {} : { spread: column(spread, places.rows, count, component) }),
    dashed: false,
    colour: component,
  }))
  const truth = artifact.meaning === 'spectra' ? await truthLines(run, artifact, estimates, places.bands) : []
  const unit = artifact.unit === null ? '' : ` (${artifact.unit})`
  return linesFigure({
    key,
    title: artifact.title,
    horizontal: { title: axisTitle(places.axis), positions: axisPositions(places.axis, places.rows.length) },
    vertical: { title: `Value${unit}`, logarithmic: false },
    lines: [...estimates, ...truth],
    caption: [
      `${artifact.title}.`,
      ...(spread === null ? [] : [' Bands: one standard deviation on either side.']),
      ...(truth.length === 0
        ? []
        : [
            ' Dashed: the truth, each spectrum multiplied by the factor that brings it nearest (least squares) to the estimate it was matched with; angles do not depend on that factor.',
          ]),
    ],
  })
})

/** Where the rows of spectra lie: over all bands of the scene, so that left-out ones are gaps. */
interface Places {
  axis: Axis | undefined
  /** Row at every place; -1 where the run left the band out. */
  rows: readonly number[]
  /** Band of the scene at every place; null where it is not known which. */
  bands: readonly number[] | null
}

function placesOf(run: ReportedRun, artifact: Artifact, size: number): Places {
  const own = artifact.axes[0]
  const scene = run.dataset?.axes.find(({ name }) => name === 'band')
  const kept =
    own?.name === 'band' && scene !== undefined
      ? keptBandsOf(own, size, scene, run.dataset?.goodBands ?? null)
      : null
  const all = (count: number) => Array.from({ length: count }, (_, index) => index)
  if (kept === null || scene === undefined) return { axis: own, rows: all(size), bands: null }
  const rows = new Map(kept.map((band, row) => [band, row]))
  const bands = all(scene.size)
  return { axis: scene, rows: bands.map((band) => rows.get(band) ?? -1), bands }
}

/** The deviations of spectra, where the run has them. */
async function deviations(run: ReportedRun, artifact: Artifact): Promise<Float64Array | null> {
  const found = run.record.artifacts.find(
    ({ deviationOf, shape }) => deviationOf === artifact.name && shape.join() === artifact.shape.join(),
  )
  if (found === undefined) return null
  const read = await readArtifact(run, found)
  return 'type' in read ? null : Float64Array.from(read.values)
}

/** The truth's spectra on the scale of their estimates; none where the bands are not the same ones. */
async function truthLines(
  run: ReportedRun,
  artifact: Artifact,
  estimates: readonly Line[],
  bands: readonly number[] | null,
): Promise<Line[]> {
  const reference = run.dataset?.truth?.endmembers ?? null
  const pairs = truthOfEstimates(run)
  if (reference === null || run.datasetFolder === null || pairs.size === 0) return []
  const [size = 0, count = 0] = reference.shape
  if (artifact.axes[1]?.name !== 'endmember' || reference.shape.length !== 2) return []
  if (bands?.length !== size) return []
  const folder = run.datasetFolder
  const read = await unreadable('The truth', () => readWhole(arraySource(reference, folder)))
  if ('type' in read) return []
  return estimates.flatMap((estimate, component): Line[] => {
    const truth = pairs.get(component)
    if (truth === undefined || truth >= count) return []
    const values = column(read.values, bands, count, truth)
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

/** The factor s that makes ‖s·t − e‖ smallest over the bands the estimate has. */
function fittingFactor(truth: ArrayLike<number>, estimate: ArrayLike<number>): number {
  let product = 0
  let square = 0
  for (let band = 0; band < truth.length; band += 1) {
    const value = truth[band] ?? 0
    const kept = estimate[band] ?? Number.NaN
    if (!Number.isFinite(kept)) continue
    product += value * kept
    square += value * value
  }
  return square > 0 && Number.isFinite(product) ? product / square : 1
}

/** One column of a (rows, columns) array at the rows asked for; NaN for row -1. */
function column(
  values: ArrayLike<number>,
  rows: readonly number[],
  columns: number,
  index: number,
): Float64Array {
  return Float64Array.from(rows, (row) =>
    row < 0 ? Number.NaN : (values[row * columns + index] ?? Number.NaN),
  )
}

/** Lines over the positions of the first axis, on the scales the method asks for. */
export const seriesFigure = artifactFigure(async (read, { key, run, artifact, notes }) => {
  const [size = 0, count = 1] = read.shape
  const places = placesOf(run, artifact, size)
  const spread = await deviations(run, artifact)
  const lineAxis = artifact.axes[1]
  const names = count === 1 ? [artifact.title] : componentNames(lineAxis, run)
  const unit = artifact.unit === null ? '' : ` (${artifact.unit})`
  const { horizontal, vertical } = artifact.axisScales
  const said = spread === null ? [] : ['Bands: one standard deviation on either side.']
  return linesFigure({
    key,
    title: artifact.title,
    horizontal: {
      title: axisTitle(places.axis),
      positions: axisPositions(places.axis, places.rows.length),
      logarithmic: horizontal === 'logarithmic',
    },
    vertical: {
      title: `${artifact.quantity ?? artifact.title}${unit}`,
      logarithmic: vertical === 'logarithmic',
    },
    lines: Array.from({ length: count }, (_, line) => ({
      name: names[line] ?? `${line + 1}`,
      values: column(read.values, places.rows, count, line),
      ...(spread === null ? {} : { spread: column(spread, places.rows, count, line) }),
      dashed: false,
      colour: line,
    })),
    caption: [[`${artifact.title}.`, ...notes, ...said].join(' ')],
  })
})
