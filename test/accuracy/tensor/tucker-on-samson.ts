import { decompose } from '../../measurement/dense-tensor'
import type { Workspace } from '../../measurement/workspace'
import { readNpy } from '../../measurement/workspace'
import { join } from 'node:path'
import { atLeast, atMost, figure, forTheRecord, type Check, type Figure } from '../check'
import { samsonMissing } from '../unmixing/score'
import { samsonTensor } from './samson-tensor'
import type { TensorValue } from '../../../src/shared/method'

const errorText = (value: number) => value.toFixed(6)

/** Errors, compression and core shapes on Samson; errors are recomputed from the residual of every entry. */
export const tuckerOnSamson: Check = {
  name: 'Samson as a tensor of 95 × 95 × 156',
  missing: samsonMissing,
  async measure(workspace) {
    const tensor = await samsonTensor(workspace)
    const figures: Figure[] = []
    for (const [ranks, mark] of [
      [[20, 20, 5], 0.05622],
      [[40, 40, 10], 0.02891],
    ] as const) {
      const solved = async (method: string, more: Record<string, unknown> = {}) =>
        (await decompose(workspace, method, tensor, { choose: 'ranks', ranks, ...more })).figure(
          'relativeError',
        )
      const error = await solved('hooi')
      figures.push(
        figure(`HOOI at (${ranks.join(', ')}): relative error`, error, atMost(mark), errorText(error)),
      )
      for (const [name, method, more] of [
        ['ST-HOSVD', 'st-hosvd', {}],
        ['ST-HOSVD by QR', 'st-hosvd', { accuracy: 'qr' }],
        ['HOSVD', 'st-hosvd', { variant: 'classical' }],
        ['randomised', 'randomised-tucker', {}],
      ] as const) {
        const value = await solved(method, more)
        figures.push(forTheRecord(`${name} at (${ranks.join(', ')})`, value, errorText(value)))
      }
    }
    const tolerant = await decompose(workspace, 'st-hosvd', tensor, { choose: 'tolerance', tolerance: 0.05 })
    const achieved = tolerant.figure('relativeError')
    figures.push(figure('tolerance 0.05: relative error', achieved, atMost(0.05), errorText(achieved)))
    figures.push(figure('tolerance 0.05: compression', tolerant.figure('compression'), atLeast(150)))
    figures.push(...(await shapes(workspace, tensor, 20_000, 0.0283)))
    figures.push(...(await shapes(workspace, tensor, 60_000, 0.0107)))
    return figures
  },
}

/** The core shape of a budget, and what ST-HOSVD makes of it. */
async function shapes(
  workspace: Workspace,
  tensor: TensorValue,
  budget: number,
  mark: number,
): Promise<Figure[]> {
  const chosen = await decompose(workspace, 'core-shape', tensor, { budget })
  // What else the machine does can only lengthen a search: the shortest of three is the search.
  const searches = [chosen.figure('searchMilliseconds')]
  while (searches.length < 3) {
    const again = await decompose(workspace, 'core-shape', tensor, { budget })
    searches.push(again.figure('searchMilliseconds'))
  }
  const { values, shape } = await readNpy(join(chosen.folder, 'rules.npy'))
  const columns = shape[1] ?? 0
  const ranks = [...values.slice(columns - 3, columns)]
  const model = await decompose(workspace, 'st-hosvd', tensor, { choose: 'ranks', ranks })
  const error = model.figure('relativeError')
  const milliseconds = Math.min(...searches)
  const name = `budget ${budget}: (${ranks.join(', ')}), ${model.figure('size')} numbers`
  return [
    figure(`${name}: error of ST-HOSVD`, error, atMost(mark), errorText(error)),
    figure(`budget ${budget}: size`, model.figure('size'), atMost(budget), `${model.figure('size')}`),
    figure(
      `budget ${budget}: search after the spectra`,
      milliseconds,
      atMost(5, ' ms'),
      `${milliseconds.toFixed(3)} ms`,
    ),
  ]
}
