import type { Dataset } from '../../shared/dataset'
import type { MethodDescription } from '../../shared/method'

/**
 * Where a run with a dataset starts: a cube goes with whatever method is first, any other kind with the first method
 * that needs such an input, else with one that may be given it.
 */
export function runQuery(
  dataset: Pick<Dataset, 'id' | 'kind'>,
  solvers: readonly MethodDescription[],
): Record<string, string> {
  const needed = {
    cube: null,
    library: 'spectra',
    tensor: 'tensor',
    matrix: 'matrix',
    table: 'table',
  } as const
  const type = needed[dataset.kind]
  const takes = (method: MethodDescription, optional: boolean) =>
    method.inputs.some((input) => input.type === type && input.optional === optional)
  const method =
    solvers.find((solver) => takes(solver, false)) ?? solvers.find((solver) => takes(solver, true))
  return { dataset: dataset.id, ...(method === undefined ? {} : { method: method.id }) }
}
