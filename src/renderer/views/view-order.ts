import type { OutputMeaning } from '../../shared/method'
import type { Artifact } from '../../shared/run'

/** What a person wants to see first stands first. */
const order: readonly OutputMeaning[] = [
  'maps',
  'spectra',
  'map',
  'field',
  'tradeoff',
  'factors',
  'tensor',
  'scalars',
  'table',
  'matrix',
  'points',
  'trace',
]

/** Artifacts in the order they are shown; those of one meaning stay in the order of the run. */
export function inViewOrder(artifacts: readonly Artifact[]): Artifact[] {
  return artifacts.toSorted((one, other) => order.indexOf(one.meaning) - order.indexOf(other.meaning))
}

/** 'Float64, 3 × 95 × 95'. */
export function shapeText(artifact: Pick<Artifact, 'dtype' | 'shape'>): string {
  return `${artifact.dtype}, ${artifact.shape.join(' × ')}`
}
