import type { Dataset } from '../../shared/dataset'
import type { MethodDescription } from '../../shared/method'

/**
 * Where a run with a dataset starts: a cube goes with whatever method is first, a library and a tensor with the first
 * method that needs such an input, else with one that may be given it.
 */
export function runQuery(
  dataset: Pick<Dataset, 'id' | 'kind'>,
  solvers: readonly MethodDescription[],
): Record<string, string> {
  const needed = { library: 'spectra', tensor: 'tensor' } as const
  const type = dataset.kind === 'library' || dataset.kind === 'tensor' ? needed[dataset.kind] : null
  const takes = (method: MethodDescription, optional: boolean) =>
    method.inputs.some((input) => input.type === type && input.optional === optional)
  const method =
    solvers.find((solver) => takes(solver, false)) ?? solvers.find((solver) => takes(solver, true))
  return { dataset: dataset.id, ...(method === undefined ? {} : { method: method.id }) }
}
