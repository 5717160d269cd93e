import type { OutputMeaning } from '../../shared/method'
import type { Artifact } from '../../shared/run'

/** Pictures that are made from an artifact besides its own view. */
export type DerivedKind = 'dominant' | 'agreement' | 'reconstruction'

/** What a person wants to see first stands first. Neighbours that are not wide share a row. */
const order: readonly (OutputMeaning | DerivedKind)[] = [
  'scalars',
  'tradeoff',
  'reconstruction',
  'factors',
  'tensor',
  'maps',
  'dominant',
  'projection',
  'spectra',
  'table',
  'map',
  'series',
  'agreement',
  'bars',
  'scatter',
  'field',
  'slices',
  'matrix',
  'points',
  'graph',
  'simplex',
  'trace',
  'model',
]

/** Where something stands on the results page. */
export function placeOf(kind: OutputMeaning | DerivedKind): number {
  return order.indexOf(kind)
}

/** Artifacts in the order they are shown; those of one meaning stay in the order of the run. */
export function inViewOrder(artifacts: readonly Artifact[]): Artifact[] {
  return artifacts.toSorted((one, other) => placeOf(one.meaning) - placeOf(other.meaning))
}

/** 'Float64, 3 × 95 × 95'. */
export function shapeText(artifact: Pick<Artifact, 'dtype' | 'shape'>): string {
  return `${artifact.dtype}, ${artifact.shape.join(' × ')}`
}
