import { join } from 'node:path'
import type { ArrayReference, Axis } from '../../shared/array'
import { plainNumbers, type Dataset } from '../../shared/dataset'
import type { MethodDescription, SolveResult } from '../../shared/method'
import type { ImportedDataset } from '../formats'
import { loadNative } from '../methods/native'
import type { JobInput } from './messages'

/** What a generator left behind: its folder, its description, what it was asked and what it answered. */
export interface Generated {
  folder: string
  method: MethodDescription
  job: JobInput<'generate'>
  result: SolveResult
}

/** Axes that the generator gave one of its arrays. */
export function axesOf({ result }: Generated, artifact: string): Axis[] {
  return result.artifacts.find(({ name }) => name === artifact)?.axes ?? []
}

/** The fields that every generated dataset has; the rest is told by its kind. */
export async function generatedDataset(
  { folder, method, job, result }: Generated,
  array: ArrayReference,
  kind: Pick<Dataset, 'kind' | 'axes'> & Partial<ImportedDataset>,
): Promise<ImportedDataset> {
  const { inputs, parameters, seed, threads } = job
  const source = { ...array, path: join(folder, array.file) }
  return {
    origin: { type: 'generated', generator: method.id, version: method.version, inputs, parameters, seed },
    array,
    parts: {},
    ...plainNumbers,
    // Complex numbers have no smallest and no largest.
    summary: array.dtype.startsWith('complex')
      ? null
      : await loadNative().summariseArray(source, 1, null, threads),
    notes: result.warnings,
    ...kind,
  }
}
