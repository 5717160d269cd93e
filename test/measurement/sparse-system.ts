import { chooseImporter, type ImportedDataset } from '../../src/main/formats'
import { findMethod } from '../../src/main/methods'
import { verifiedSource } from '../../src/main/solver-host/dataset-source'
import { describeMatrix } from '../../src/main/solver-host/generated-matrix'
import type { ArraySource } from '../../src/shared/array'
import type { MatrixValue, SolveResult } from '../../src/shared/method'
import type { Workspace } from './workspace'

/** A solve of a method of the family: what it told, and the folder with its outputs. */
export interface Solved {
  folder: string
  result: SolveResult
  figure: (name: string) => number
}

/** A sparse system from a file, as the app's own importer reads it. */
export async function importSystem(
  workspace: Workspace,
  path: string,
  choices: Record<string, string | number | boolean> = {},
): Promise<MatrixValue> {
  const { folder, signal } = await workspace.solve()
  const importer = await chooseImporter([path])
  const imported = await importer.import([path], choices, { folder, signal, onProgress: () => undefined })
  return matrixValue(imported, folder)
}

/** A sparse system, or a sequence of them, of one of the app's own generators. */
export async function generateSystem(
  workspace: Workspace,
  generator: string,
  parameters: Record<string, unknown>,
  seed: number,
): Promise<MatrixValue> {
  const context = await workspace.solve(seed)
  const { description: method, params, solve } = findMethod(generator, 'generator')
  const parsed = params.parse(parameters)
  const result = await solve({}, parsed, context)
  const { folder, threads } = context
  const dataset = { id: generator, name: generator, createdAt: '2026-01-01T00:00:00.000Z' }
  const job = { project: folder, dataset, generator, inputs: {}, parameters: parsed, seed, threads }
  return matrixValue(await describeMatrix({ folder, method, job, result }), folder)
}

/** Runs a method of the catalogue on a system, defaults filled in. */
export async function solveWith(
  workspace: Workspace,
  method: string,
  matrix: MatrixValue,
  parameters: Record<string, unknown> = {},
  seed = 0,
  threads?: number,
  factor: MatrixValue | null = null,
): Promise<Solved> {
  const { params, check, solve } = findMethod(method)
  const context = await workspace.solve(seed, threads)
  const parsed = params.parse(parameters)
  check({ matrix, factor }, parsed)
  const result = await solve({ matrix, factor }, parsed, context)
  return { folder: context.folder, result, figure: (name) => result.figures[name] ?? Number.NaN }
}

async function matrixValue(imported: ImportedDataset, folder: string): Promise<MatrixValue> {
  const parts: Record<string, ArraySource> = {}
  for (const [name, part] of Object.entries(imported.parts)) parts[name] = await verifiedSource(part, folder)
  const source = await verifiedSource(imported.array, folder)
  const about = {
    schema: 1,
    id: 'measured',
    name: 'Measured system',
    createdAt: '2026-01-01T00:00:00.000Z',
  } as const
  return { dataset: { ...imported, ...about }, source, parts }
}
