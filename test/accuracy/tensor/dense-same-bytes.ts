import { decompose, generateTensor } from '../../measurement/dense-tensor'
import type { Check, Figure } from '../check'
import { sameBytesFigure } from '../same-bytes-figure'

const methods: [string, Record<string, unknown>][] = [
  ['st-hosvd', { choose: 'tolerance', tolerance: 0.2 }],
  ['hooi', { choose: 'ranks', ranks: [6, 5, 4] }],
  ['randomised-tucker', { ranks: [6, 5, 4] }],
  ['nonnegative-tucker', { ranks: [6, 5, 4], maxIterations: 20, starts: 2 }],
  ['core-shape', { budget: 3000 }],
  ['mode-views', {}],
]

/** The number of threads must not show in any byte that is written. */
export const denseSameBytes: Check = {
  name: 'Dense tensors: the same bytes on 1 and on 2 threads',
  missing: () => null,
  async measure(workspace) {
    const tensor = await generateTensor(
      workspace,
      { shape: [90, 81, 72], ranks: [7, 6, 5], nonnegative: true },
      3,
    )
    const figures: Figure[] = []
    for (const [method, parameters] of methods) {
      const run = async (threads: number) =>
        (await decompose(workspace, method, tensor, parameters, 11, threads)).folder
      figures.push(await sameBytesFigure(method, run))
    }
    return figures
  },
}
