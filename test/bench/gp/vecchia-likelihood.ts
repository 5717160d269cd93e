import { callNative } from '../../../src/main/methods/native'
import type { Workspace } from '../../measurement/workspace'
import { seconds, type Benchmark } from '../benchmark'

const [rows, inputs, neighbours, repeats] = [3000, 8, 30, 20]

/** What a fit spends its time on: one likelihood of all rows with its gradient and its expected information. */
export const vecchiaLikelihood: Benchmark = {
  name: `One Vecchia likelihood with gradient, ${rows} rows of ${inputs} inputs, ${neighbours} neighbours`,
  peers: [],
  missing: () => null,
  async measure(workspace: Workspace) {
    const columns = inputs + 1
    // Numbers that look drawn: how long a likelihood takes does not depend on what they are.
    const values = Float64Array.from({ length: rows * columns }, (_, place) => {
      const spread = Math.sin(place * 12.9898) * 43_758.5453
      return spread - Math.floor(spread)
    })
    const source = await workspace.write('likelihood.npy', [rows, columns], values)
    const table = {
      source,
      names: Array.from({ length: columns }, (_, column) => `column ${column + 1}`),
      inputs: Array.from({ length: inputs }, (_, column) => column),
      target: inputs,
      weight: null,
      noiseVariance: null,
    }
    const params = {
      kernel: 'matern32',
      trend: 'constant',
      standardise: true,
      neighbours,
      predictionNeighbours: neighbours,
      ordering: 'maximin',
      noise: 'constant',
      calibration: 'none',
      search: { restarts: 0, maxIterations: 1, tolerance: 1e-6 },
    } as const
    const info = await callNative(await workspace.solve(), (native, context) =>
      native.vecchiaLikelihood(table, params, repeats, context),
    )
    const one = info.iterationSeconds / info.iterations
    return [
      {
        name: `mean of ${repeats}`,
        value: one,
        text: seconds(one),
        mark: null,
        passed: null,
        times: { ours: [one] },
      },
    ]
  },
}
