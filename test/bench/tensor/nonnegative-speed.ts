import type { Benchmark } from '../benchmark'
import { against, hyperspectralCube, tensorly } from './tensorly'

const ranks = [20, 20, 5]

/** Non-negative Tucker against TensorLy's HALS. */
export const nonnegativeSpeed: Benchmark = {
  name: 'Non-negative Tucker against TensorLy (HALS)',
  peers: [tensorly],
  missing: () => null,
  async measure(workspace, installed) {
    if (!installed(tensorly)) return []
    return against(
      workspace,
      'cube of 100 × 100 × 200 at (20, 20, 5)',
      await hyperspectralCube(workspace),
      { method: 'nonnegative-tucker', parameters: { ranks } },
      { peer: 'nonnegative', ranks },
      { least: 10, rounds: 2, passes: (ours, theirs) => ours < theirs },
    )
  },
}
