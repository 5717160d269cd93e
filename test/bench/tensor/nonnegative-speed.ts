import type { TensorValue } from '../../../src/shared/method'
import type { Workspace } from '../../measurement/workspace'
import { samsonTensor } from '../../accuracy/tensor/samson-tensor'
import { samsonMissing } from '../../accuracy/unmixing/score'
import type { Benchmark } from '../benchmark'
import { against, hyperspectralCube, tensorly } from './tensorly'

const ranks = [20, 20, 5]

/** Non-negative Tucker against TensorLy's HALS on one cube. */
function nonnegativeAgainstTensorly(
  name: string,
  tensor: (workspace: Workspace) => Promise<TensorValue>,
  missing: Benchmark['missing'],
): Benchmark {
  return {
    name: `Non-negative Tucker against TensorLy (HALS), ${name}`,
    peers: [tensorly],
    missing,
    async measure(workspace, installed) {
      if (!installed(tensorly)) return []
      return against(
        workspace,
        `${name} at (20, 20, 5)`,
        await tensor(workspace),
        { method: 'nonnegative-tucker', parameters: { ranks } },
        { peer: 'nonnegative', ranks },
        { least: 10, rounds: 3, passes: (ours, theirs) => ours < theirs },
      )
    },
  }
}

/** A cube of the app's own generator. */
export const nonnegativeSpeed = nonnegativeAgainstTensorly(
  'cube of 100 × 100 × 200',
  hyperspectralCube,
  () => null,
)

/** A measured scene. */
export const nonnegativeSpeedOnSamson = nonnegativeAgainstTensorly('Samson', samsonTensor, samsonMissing)
