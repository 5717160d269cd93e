import type { Axis } from '../../shared/array'
import { capitalised } from '../../shared/words'
import type { ReportedRun } from './report-input'

/**
 * What the components of an output are called: by their own labels, else 'Endmember 2'; with the name of the
 * truth component each was matched with: 'Endmember 2 (water)'.
 */
export function componentNames(axis: Axis | undefined, run: ReportedRun): string[] {
  const size = axis?.size ?? 0
  const matched = matchedNames(run, axis)
  return Array.from({ length: size }, (_, index) => {
    const own = axis?.labels?.[index] ?? `${capitalised(axis?.name ?? 'Component')} ${index + 1}`
    const truth = matched.get(index)
    return truth === undefined || truth === own ? own : `${own} (${truth})`
  })
}

/** The truth component every estimated one was matched with, by estimate. */
export function truthOfEstimates(run: ReportedRun): Map<number, number> {
  const pairs = (run.record.scoreCard?.matching ?? []).flatMap((estimate, truth): [number, number][] =>
    estimate === null ? [] : [[estimate, truth]],
  )
  return new Map(pairs)
}

/** Name of a component of the truth. */
export function truthName(run: ReportedRun, truth: number): string {
  return run.dataset?.truth?.names[truth] ?? `truth ${truth + 1}`
}

/** The matching speaks of endmembers: components along other axes keep their own names. */
function matchedNames(run: ReportedRun, axis: Axis | undefined): Map<number, string> {
  if (axis?.name !== 'endmember') return new Map()
  return new Map([...truthOfEstimates(run)].map(([estimate, truth]) => [estimate, truthName(run, truth)]))
}
