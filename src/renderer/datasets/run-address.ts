import type { Dataset } from '../../shared/dataset'
import type { MethodDescription } from '../../shared/method'

/**
 * Where a run with a dataset starts: a cube goes with whatever method is first, a library and a tensor with the first
 * method that needs such an input.
 */
export function runQuery(
  dataset: Pick<Dataset, 'id' | 'kind'>,
  solvers: readonly MethodDescription[],
): Record<string, string> {
  const needed = { library: 'spectra', tensor: 'tensor' } as const
  const type = dataset.kind === 'library' || dataset.kind === 'tensor' ? needed[dataset.kind] : null
  const method =
    type === null
      ? undefined
      : solvers.find(({ inputs }) => inputs.some((input) => input.type === type && !input.optional))
  return { dataset: dataset.id, ...(method === undefined ? {} : { method: method.id }) }
}
