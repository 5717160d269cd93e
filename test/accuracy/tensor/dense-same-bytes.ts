import { decompose, generateTensor } from '../../measurement/dense-tensor'
import { fileHashes } from '../../measurement/file-hashes'
import { figure, type Check, type Figure } from '../check'

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
      const files = async (threads: number) =>
        fileHashes((await decompose(workspace, method, tensor, parameters, 11, threads)).folder)
      const [one, two] = [await files(1), await files(2)]
      const different = [...one].filter(([file, hash]) => two.get(file) !== hash).map(([file]) => file)
      figures.push(
        figure(
          `${method}: files that differ, of ${one.size}`,
          different.length + Math.abs(one.size - two.size),
          { text: '0', passes: (count) => count === 0 && one.size > 0 },
          different.length === 0 ? '0' : different.join(', '),
        ),
      )
    }
    return figures
  },
}
