import type { TensorValue } from '../../../src/shared/method'
import type { Workspace } from '../../measurement/workspace'
import { samson } from '../unmixing/score'

/** The Samson cube as a tensor: 95 lines, 95 samples, 156 bands. */
export async function samsonTensor(workspace: Workspace): Promise<TensorValue> {
  const { cube } = await samson(workspace)
  return { ...cube, parts: {} }
}
