import { join } from 'node:path'
import { findMethod } from '../../src/main/methods'
import type { ArraySource } from '../../src/shared/array'
import type { SolveResult, TensorValue } from '../../src/shared/method'
import { cubeOf } from './scene'
import { npySource, type Workspace } from './workspace'

/** A solve of a tensor method: what it told, and the folder with its outputs. */
export interface Decomposition {
  folder: string
  result: SolveResult
  figure: (name: string) => number
}

/** An array as a dense tensor without a history; modes of more than three have numbers for names. */
export function tensorOf(source: ArraySource): TensorValue {
  const { dataset } = cubeOf(source)
  const axes = dataset.axes.map((axis, mode) => ({ ...axis, name: `mode ${mode + 1}` }))
  return { dataset: { ...dataset, kind: 'tensor', axes }, source, parts: {} }
}

/** Runs a method of the catalogue on a tensor, defaults filled in. */
export async function decompose(
  workspace: Workspace,
  method: string,
  tensor: TensorValue,
  parameters: Record<string, unknown>,
  seed = 0,
  threads?: number,
): Promise<Decomposition> {
  const { params, check, solve } = findMethod(method)
  const context = await workspace.solve(seed, threads)
  const parsed = params.parse(parameters)
  check({ tensor }, parsed)
  const result = await solve({ tensor }, parsed, context)
  return {
    folder: context.folder,
    result,
    figure: (name) => result.figures[name] ?? Number.NaN,
  }
}

/** A tensor of the app's own generator. */
export async function generateTensor(
  workspace: Workspace,
  parameters: Record<string, unknown>,
  seed: number,
): Promise<TensorValue> {
  const context = await workspace.solve(seed)
  const generator = findMethod('synthetic-tensor', 'generator')
  await generator.solve({}, generator.params.parse(parameters), context)
  return tensorOf(await npySource(join(context.folder, 'tensor.npy')))
}
