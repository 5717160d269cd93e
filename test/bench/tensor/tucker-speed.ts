import type { Benchmark, Measurement } from '../benchmark'
import { against, hyperspectralCube, noisyTensor, tensorly } from './tensorly'

/** Both ended at the same optimum where they differ by rounding only. */
const noHigher = (ours: number, theirs: number) => ours <= theirs * (1 + 1e-9)

/** HOOI against the one people use today. */
export const tuckerSpeed: Benchmark = {
  name: 'HOOI against TensorLy',
  peers: [tensorly],
  missing: () => null,
  async measure(workspace, installed) {
    if (!installed(tensorly)) return []
    const measurements: Measurement[] = []
    for (const [name, tensor, ranks] of [
      ['cube of 100 × 100 × 200 at (20, 20, 5)', await hyperspectralCube(workspace), [20, 20, 5]],
      ['200³ at (10, 10, 10) with noise', await noisyTensor(workspace), [10, 10, 10]],
    ] as const) {
      const ours = { method: 'hooi', parameters: { choose: 'ranks', ranks } }
      const marks = { least: 20, rounds: 3, passes: noHigher }
      measurements.push(...(await against(workspace, name, tensor, ours, { peer: 'hooi', ranks }, marks)))
    }
    return measurements
  },
}
