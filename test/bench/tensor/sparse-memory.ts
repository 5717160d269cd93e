import { uniformNumbers } from '../../measurement/statistics'
import type { Workspace } from '../../measurement/workspace'
import { bounded, mebibytes, seconds, type Benchmark } from '../benchmark'
import { weigh, weighingMissing } from '../weighed'

const shape = [15_000, 15_000, 10_000]
const nonzeros = 1_500_000
const ranks = [10, 10, 10]
/** What such a run may take. */
const bound = 1e9

/** Memory of a process that decomposes a tensor far too large to be filled in. */
export const sparseMemory: Benchmark = {
  name: `Memory of the process that decomposes ${shape.join(' × ')} with ${nonzeros} random nonzeros at (${ranks.join(', ')})`,
  peers: [],
  missing: weighingMissing,
  async measure(workspace) {
    const input = await writeNonzeros(workspace)
    const params = { ranks, duplicates: 'sum', memoryLimit: 1000, maxIterations: 50, tolerance: 1e-5 }
    const weighed = await weigh(workspace, 'sparseTucker', [input, params])
    const figure = (name: string) => weighed.figures[name] ?? Number.NaN
    return [
      bounded('resident memory at most, all of the process', weighed.peakBytes, bound, mebibytes),
      bounded('memory it said it would need at most', figure('memoryEstimate'), bound, mebibytes),
      bounded('time', weighed.seconds, null, seconds),
      bounded('sweeps', weighed.iterations, null, String),
      bounded('relative error (random nonzeros have no structure)', figure('relativeError'), null, (value) =>
        value.toFixed(5),
      ),
    ]
  },
}

async function writeNonzeros(workspace: Workspace) {
  const uniform = uniformNumbers(11)
  const values = Float64Array.from({ length: nonzeros }, () => 2 * uniform() - 1)
  const indices = Float64Array.from({ length: nonzeros * shape.length }, (_, at) =>
    Math.floor(uniform() * (shape[at % shape.length] ?? 1)),
  )
  return {
    values: await workspace.write('values.npy', [nonzeros], values),
    indices: await workspace.write('indices.npy', [nonzeros, shape.length], indices),
    shape,
    mask: null,
    scale: 1,
    noDataValue: null,
  }
}
