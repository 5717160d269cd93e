import { join } from 'node:path'
import { decompose, tensorOf } from '../../measurement/dense-tensor'
import { normalNumbers, uniformNumbers } from '../../measurement/statistics'
import { readNpy, type Workspace } from '../../measurement/workspace'
import { figure, forTheRecord, type Check } from '../check'

const cases = 200

/**
 * The chosen ranks lose as little as any within the budget. These cases go through the files a run writes; a thousand
 * more, of up to five modes, are in the tests of the solver.
 */
export const coreShapeAgainstBruteForce: Check = {
  name: `Core shapes against every choice of ranks, ${cases} random tensors of three and four modes`,
  missing: () => null,
  async measure(workspace) {
    const uniform = uniformNumbers(11)
    let worse = 0
    let beaten = 0
    for (let index = 0; index < cases; index += 1) {
      const { optimum, least, greedy } = await oneCase(workspace, index, uniform)
      if (optimum > least * (1 + 1e-9) + 1e-12) worse += 1
      if (greedy > optimum * (1 + 1e-9)) beaten += 1
    }
    return [
      figure('cases with a better choice', worse, { text: '0', passes: (count) => count === 0 }, `${worse}`),
      forTheRecord('cases where the greedy rule is worse than the optimum', beaten, `${beaten}`),
    ]
  },
}

async function oneCase(workspace: Workspace, index: number, uniform: () => number) {
  const shape = Array.from({ length: index % 2 === 0 ? 3 : 4 }, () => 2 + Math.floor(uniform() * 4))
  const normal = normalNumbers(uniform)
  const decay = 0.3 + uniform()
  const count = shape.reduce((product, size) => product * size, 1)
  const values = Float64Array.from({ length: count }, (_, entry) => normal() * Math.exp(-decay * (entry % 7)))
  const source = await workspace.write(`case-${index}.npy`, shape, values)
  const smallest = 1 + shape.reduce((sum, size) => sum + size, 0)
  const budget = smallest + Math.floor(uniform() * 2 * count)
  const { folder } = await decompose(workspace, 'core-shape', tensorOf(source), { budget })
  const losses = await Promise.all(
    shape.map((_, mode) => tails(join(folder, `singularValues-${mode + 1}.npy`))),
  )
  const rules = await readNpy(join(folder, 'rules.npy'))
  const columns = rules.shape[1] ?? 0
  const lossOf = (ranks: readonly number[]) =>
    ranks.reduce((sum, rank, mode) => sum + (losses[mode]?.[rank] ?? Number.NaN), 0)
  const row = (rule: number) => [
    ...rules.values.slice((rule + 1) * columns - shape.length, (rule + 1) * columns),
  ]
  let least = Number.POSITIVE_INFINITY
  for (const ranks of choices(losses.map((list) => list.length - 1))) {
    const size =
      ranks.reduce((product, rank) => product * rank, 1) +
      ranks.reduce((sum, rank, mode) => sum + rank * (shape[mode] ?? 0), 0)
    if (size <= budget) least = Math.min(least, lossOf(ranks))
  }
  return { optimum: lossOf(row(0)), greedy: lossOf(row(1)), least }
}

/** Energy beyond every rank, from the singular values a run wrote. */
async function tails(path: string): Promise<number[]> {
  const { values } = await readNpy(path)
  return [...values].reduceRight<number[]>((list, value) => [(list[0] ?? 0) + value * value, ...list], [0])
}

function* choices(largest: readonly number[]): Generator<number[]> {
  const [first, ...rest] = largest
  if (first === undefined) {
    yield []
    return
  }
  for (let rank = 1; rank <= first; rank += 1) for (const others of choices(rest)) yield [rank, ...others]
}
