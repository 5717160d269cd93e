import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { TensorValue } from '../../../src/shared/method'
import { decompose, generateTensor, tensorOf } from '../../measurement/dense-tensor'
import { runPython } from '../../measurement/python'
import { generateScene } from '../../measurement/scene'
import type { Workspace } from '../../measurement/workspace'
import { inTurn, ratio, secondsOf, type Measurement, type Peer } from '../benchmark'

export const tensorly: Peer = {
  name: 'TensorLy',
  modules: ['numpy', 'tensorly'],
  packages: ['numpy', 'tensorly'],
}

/** A hyperspectral cube of 100 × 100 × 200: mixed spectra with noise of 30 dB. */
export async function hyperspectralCube(workspace: Workspace): Promise<TensorValue> {
  const scene = { lines: 100, samples: 100, bands: 200, endmembers: 6, snr: 30, dtype: 'float64' }
  return tensorOf((await generateScene(workspace, scene, 4)).cube.source)
}

/** 200³ of ranks 10 with noise of a tenth. */
export function noisyTensor(workspace: Workspace): Promise<TensorValue> {
  return generateTensor(workspace, { shape: [200, 200, 200], ranks: [10], noise: 0.1 }, 5)
}

/** A method of ours and the peer's on one tensor, in turn: how much faster, and how much lower the error. */
export async function against(
  workspace: Workspace,
  name: string,
  tensor: TensorValue,
  ours: { method: string; parameters: Record<string, unknown> },
  theirs: { peer: 'hooi' | 'nonnegative'; ranks: readonly number[] },
  marks: { least: number; rounds: number; passes: (ours: number, theirs: number) => boolean },
): Promise<Measurement[]> {
  const errors = { ours: Number.NaN, theirs: Number.NaN }
  const times = await inTurn(
    marks.rounds,
    () =>
      secondsOf(async () => {
        const solved = await decompose(workspace, ours.method, tensor, ours.parameters)
        errors.ours = solved.figure('relativeError')
      }),
    () => {
      const printed = runPython(
        [resolve(import.meta.dirname, 'peers.py'), theirs.peer, tensor.source.path, theirs.ranks.join(',')],
        availableParallelism(),
      )
      const { seconds, error } = JSON.parse(printed) as { seconds: number; error: number }
      errors.theirs = error
      return Promise.resolve(seconds)
    },
  )
  return [
    ratio(`${name}: ours reads the file and writes the model, theirs computes alone`, times, marks.least),
    {
      name: `${name}: relative error`,
      value: errors.ours,
      text: `${errors.ours.toPrecision(8)} against ${errors.theirs.toPrecision(8)}`,
      mark: 'no higher than theirs',
      passed: marks.passes(errors.ours, errors.theirs),
      times: {},
    },
  ]
}
