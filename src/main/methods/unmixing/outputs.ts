import type { Axis } from '../../../shared/array'
import type { Dataset } from '../../../shared/dataset'
import { output, type WrittenArtifact } from '../../../shared/method'
import { axisSize, bandCount, plainAxis, unmixingAxes, type BandChoice } from './preparation'

/** Where the pixels lie among each other; written by every method that knows endmembers. */
export const projectionOutputs = {
  projection: output.projection({
    title: 'Pixels in the plane of their principal components',
    help: 'Scores of the prepared pixels on their first three principal components. Of a large scene every second, third … line and sample is shown.',
  }),
  simplex: output.simplex({
    title: 'Endmembers in the same plane',
    help: 'Corners of the simplex. Pixels far outside it are not explained by these endmembers; corners far from every pixel are extrapolated.',
  }),
}

/** Outputs that every unmixing method gives in the same form. */
export const unmixingOutputs = {
  endmembers: output.spectra({
    title: 'Endmembers',
    help: 'Spectra of the materials, on the scale of the prepared pixels.',
  }),
  abundances: output.maps({
    title: 'Abundances',
    scale: 'fraction',
    help: 'Share of every endmember in every pixel.',
  }),
  residual: output.map({
    title: 'Residual',
    help: 'Root mean square over the bands of what the mixture leaves unexplained, on the scale of the prepared pixels.',
  }),
  residualSpectrum: output.series({
    title: 'Residual spectrum',
    help: 'Root mean square over the pixels of what the mixture leaves unexplained in every band. A peak points at a noisy band or at a material that is missing.',
  }),
  ...projectionOutputs,
}

/** Pixels that were picked as endmembers, by vertex component analysis or by the method itself. */
export function positionsOutput(optional: boolean) {
  return output.points({
    title: 'Picked pixels',
    optional,
    help: 'Line and sample of the pixels that were taken for pure. Picks on dim pixels or on noise explain bad endmembers; replace them by hand with the method "Picked pixels".',
  })
}

/** What every extraction of endmembers from pixels gives back. */
export const extractionOutputs = {
  endmembers: unmixingOutputs.endmembers,
  positions: positionsOutput(false),
  ...projectionOutputs,
}

/** Most pixels a projection keeps, and most components; the addon has the same rule. */
const mostShown = 100_000
const mostComponents = 3

/** The axes of `projection` and `simplex` (vertex count p; null where no simplex is drawn). */
export function projectionArtifacts(
  dataset: Dataset,
  bands: BandChoice,
  endmembers: number | null,
): WrittenArtifact[] {
  const [lines, samples] = [axisSize(dataset, 0), axisSize(dataset, 1)]
  let step = 1
  while (Math.ceil(lines / step) * Math.ceil(samples / step) > mostShown) step += 1
  const components = Math.min(mostComponents, bandCount(dataset, bands))
  const labels = Array.from({ length: components }, (_, index) => `PC ${index + 1}`)
  const component: Axis = { ...plainAxis('component', components), labels }
  const axes = [component, thinned('line', lines, step), thinned('sample', samples, step)]
  return [
    { name: 'projection', axes },
    ...(endmembers === null
      ? []
      : [{ name: 'simplex', axes: [plainAxis('endmember', endmembers), component] }]),
  ]
}

function thinned(name: string, size: number, step: number): Axis {
  const kept = Math.ceil(size / step)
  return { ...plainAxis(name, kept), coordinates: Array.from({ length: kept }, (_, index) => index * step) }
}

/**
 * The axes of everything in `unmixingOutputs`, as the addon's final pass writes it, and of picked pixels.
 *
 * @param labels names of the endmembers, where they have any
 */
export function mixtureArtifacts(
  dataset: Dataset,
  bands: BandChoice,
  endmembers: number,
  labels: string[] | null = null,
): WrittenArtifact[] {
  const axes = unmixingAxes(dataset, bands)
  const artifacts = [
    { name: 'endmembers', axes: axes.spectra(endmembers) },
    { name: 'abundances', axes: axes.maps(endmembers) },
    { name: 'residual', axes: axes.map() },
    { name: 'residualSpectrum', axes: axes.series() },
    { name: 'positions', axes: axes.positions(endmembers) },
    ...projectionArtifacts(dataset, bands, endmembers),
  ]
  return artifacts.map(({ name, axes: own }) => ({
    name,
    axes: own.map((axis) => (axis.name === 'endmember' ? { ...axis, labels } : axis)),
  }))
}
