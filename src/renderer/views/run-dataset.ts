import type { Dataset } from '../../shared/dataset'
import type { RunRecord } from '../../shared/run'

/** The dataset a run is about: its scene or tensor, else the library it was given; null where that is gone. */
export function datasetOfRun(
  record: Pick<RunRecord, 'inputs'>,
  find: (id: string) => Dataset | undefined,
): Dataset | null {
  const given = Object.values(record.inputs).flatMap(({ reference }) => {
    const dataset = reference.type === 'dataset' ? find(reference.dataset) : undefined
    return dataset === undefined ? [] : [dataset]
  })
  return given.find(({ kind }) => kind !== 'library') ?? given[0] ?? null
}
