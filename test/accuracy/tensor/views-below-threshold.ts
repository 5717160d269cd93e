import { join } from 'node:path'
import { decompose, tensorOf } from '../../measurement/dense-tensor'
import { mean, normalNumbers, uniformNumbers } from '../../measurement/statistics'
import { readNpy, type Workspace } from '../../measurement/workspace'
import { figure, forTheRecord, within, type Check, type Figure } from '../check'

const shape: [number, number, number] = [100, 80, 60]
const seeds = [1, 2, 3, 4, 5]

/** Planted views: what the unfolding finds is what the threshold predicts, and the tensor finds more. */
export const viewsBelowThreshold: Check = {
  name: `Views of a planted pattern, ${shape.join(' × ')}, shared noise 1, noise of a view 1, ${seeds.length} seeds`,
  missing: () => null,
  async measure(workspace) {
    const figures: Figure[] = []
    for (const signal of [36, 45, 70]) {
      const found = []
      for (const seed of seeds) found.push(await planted(workspace, signal, seed))
      const unfolding = mean(found.map((one) => one.unfolding))
      const predicted = mean(found.map((one) => one.predicted))
      const tensor = mean(found.map((one) => one.tensor))
      figures.push(
        figure(
          `strength ${signal}: |cosine| of the unfolding, beside ${predicted.toFixed(3)} predicted`,
          unfolding,
          within(predicted, 0.12),
        ),
        forTheRecord(`strength ${signal}: |cosine| of the tensor`, tensor),
      )
    }
    return figures
  },
}

async function planted(workspace: Workspace, signal: number, seed: number) {
  const normal = normalNumbers(uniformNumbers(1000 * signal + seed))
  const unit = (length: number) => {
    const values = Array.from({ length }, normal)
    const norm = Math.hypot(...values)
    return values.map((value) => value / norm)
  }
  const [x, y, z] = [unit(shape[0]), unit(shape[1]), unit(shape[2])] as const
  const values = new Float64Array(shape[0] * shape[1] * shape[2])
  let entry = 0
  for (const a of x) {
    for (const b of y) {
      const matrix = signal * a * b + normal()
      for (const c of z) {
        values[entry] = matrix * c + normal()
        entry += 1
      }
    }
  }
  const source = await workspace.write(`views-${signal}-${seed}.npy`, shape, values)
  const { folder } = await decompose(workspace, 'mode-views', tensorOf(source), {})
  const directions = await readNpy(join(folder, 'directions-2.npy'))
  const comparison = await readNpy(join(folder, 'comparison.npy'))
  const cosine = (way: number) =>
    Math.abs(y.reduce((sum, value, index) => sum + value * (directions.values[2 * index + way] ?? 0), 0))
  return { tensor: cosine(0), unfolding: cosine(1), predicted: comparison.values[7] ?? Number.NaN }
}
