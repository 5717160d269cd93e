import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { rowMajorStrides, type ArraySource, type Axis } from '../../src/shared/array'
import { plainNumbers, type Dataset } from '../../src/shared/dataset'
import type { TensorValue } from '../../src/shared/method'
import type { Workspace } from './workspace'

/** Entries of a tensor with the folds they are held out in. */
export interface Entries {
  /** Length of every mode. */
  shape: number[]
  /** Entry after entry, an index for each mode. */
  indices: Float64Array
  values: Float64Array
  /** Entry after entry, a 0 or 1 for each fold; empty where there are none. */
  holdOut: Float64Array
}

/** The entries of a gzipped long table `i,j,k,value,test0,test1,…`; lengths are the largest indices plus one. */
export async function readLongTable(path: string, modes: number): Promise<Entries> {
  const [, ...lines] = gunzipSync(await readFile(path))
    .toString('utf8')
    .trim()
    .split('\n')
  const rows = lines.map((line) => line.split(',').map(Number))
  const shape = Array.from({ length: modes }, (_, mode) =>
    rows.reduce((most, row) => Math.max(most, (row[mode] ?? 0) + 1), 0),
  )
  return {
    shape,
    indices: Float64Array.from(rows.flatMap((row) => row.slice(0, modes))),
    values: Float64Array.from(rows.map((row) => row[modes] ?? Number.NaN)),
    holdOut: Float64Array.from(rows.flatMap((row) => row.slice(modes + 1))),
  }
}

/** A tensor without a history around arrays that a solver can be given. */
export function tensorOf(
  source: ArraySource,
  shape: readonly number[],
  parts: Record<string, ArraySource> = {},
): TensorValue {
  const axes = shape.map((size, mode): Axis => ({
    name: `mode ${mode + 1}`,
    size,
    unit: null,
    coordinates: null,
    labels: null,
  }))
  const reference = (array: ArraySource) => ({
    ...array,
    location: 'external' as const,
    file: array.path,
    bytes: 0,
    sha256: null,
    modifiedAt: null,
  })
  const dataset: Dataset = {
    schema: 1,
    id: 'measured',
    name: 'Measured tensor',
    kind: 'tensor',
    createdAt: '2026-01-01T00:00:00.000Z',
    origin: { type: 'file', format: 'npy', files: [], choices: {} },
    array: reference(source),
    axes,
    parts: Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, reference(part)])),
    ...plainNumbers,
    summary: null,
    notes: [],
  }
  return { dataset, source, parts }
}

/** Writes scattered entries as a solver reads them. */
export async function scatteredTensor(
  workspace: Workspace,
  name: string,
  { shape, indices, values, holdOut }: Entries,
): Promise<TensorValue> {
  const count = values.length
  const source = await workspace.write(`${name}-values.npy`, [count], values)
  const parts: Record<string, ArraySource> = {
    indices: await workspace.write(`${name}-indices.npy`, [count, shape.length], indices),
  }
  if (holdOut.length > 0) {
    const folds = [count, holdOut.length / count]
    parts['holdOut'] = await workspace.write(`${name}-hold-out.npy`, folds, holdOut)
  }
  return tensorOf(source, shape, parts)
}

/** A source of a whole bool array in C order, as NumPy saves one behind a header of `offset` bytes. */
export function boolSource(path: string, offset: number, shape: number[]): ArraySource {
  return { path, dtype: 'bool', byteOrder: 'little', offset, shape, strides: rowMajorStrides(shape) }
}
