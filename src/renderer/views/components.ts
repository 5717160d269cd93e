import type { Dataset } from '../../shared/dataset'
import type { Artifact, RunRecord } from '../../shared/run'

/** Estimated components in the order of the artifact, with the truth each was matched with. */
export interface ComponentName {
  title: string
  /** Index of the truth component, null where none was matched. */
  truth: number | null
}

/** Names of `count` components: by the truth they were matched with, by their own labels, else by number. */
export function componentNames(
  count: number,
  record: Pick<RunRecord, 'scoreCard'>,
  dataset: Dataset | null,
  labels: readonly string[] | null,
): ComponentName[] {
  const matching = record.scoreCard?.matching ?? []
  return Array.from({ length: count }, (_, component) => {
    const truth = matching.indexOf(component)
    const name = truth < 0 ? labels?.[component] : (dataset?.truth?.names[truth] ?? labels?.[component])
    return {
      title: name === undefined ? `Component ${component + 1}` : `${component + 1} · ${name}`,
      truth: truth < 0 ? null : truth,
    }
  })
}

/** Labels of an artifact's component axis; null where the method gave none. */
export function componentLabels(artifact: Artifact, axis: number): readonly string[] | null {
  return artifact.axes[axis]?.labels ?? null
}

/** One column of a (rows, columns) array in C order. */
export function columnOf(values: ArrayLike<number>, columns: number, column: number): Float64Array {
  const rows = Math.floor(values.length / columns)
  return Float64Array.from({ length: rows }, (_, row) => values[row * columns + column] ?? Number.NaN)
}

/**
 * The factor that brings `reference` to the length of `target` over the entries where both are finite:
 * truth files rarely have the scale of the data, and a run may have scaled its pixels.
 */
export function lengthRatio(target: ArrayLike<number>, reference: ArrayLike<number>): number {
  let ofTarget = 0
  let ofReference = 0
  for (let index = 0; index < Math.min(target.length, reference.length); index += 1) {
    const one = target[index] ?? Number.NaN
    const other = reference[index] ?? Number.NaN
    if (!Number.isFinite(one) || !Number.isFinite(other)) continue
    ofTarget += one * one
    ofReference += other * other
  }
  return ofReference > 0 ? Math.sqrt(ofTarget / ofReference) : 1
}
