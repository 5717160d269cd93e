import type { Scene } from '../../measurement/scene'
import { normalNumbers, uniformNumbers } from '../../measurement/statistics'
import type { Workspace } from '../../measurement/workspace'
import { readWhole, type Float64Values } from '../../../src/main/formats'
import { cubeOf } from '../../measurement/scene'

/** A scene whose cube was changed, with the truth it had. */
async function changed(
  workspace: Workspace,
  scene: Scene,
  name: string,
  change: (cube: Float64Values) => Float64Array,
): Promise<Scene> {
  const cube = await readWhole(scene.cube.source)
  return { ...scene, cube: cubeOf(await workspace.write(`${name}.npy`, cube.shape, change(cube))) }
}

/** White noise of a signal-to-noise ratio in dB over the whole cube. */
export function withNoise(workspace: Workspace, scene: Scene, snr: number, seed: number): Promise<Scene> {
  return changed(workspace, scene, `noise-${snr}-${seed}`, ({ values }) => {
    const normal = normalNumbers(uniformNumbers(1000 + seed))
    const energy = values.reduce((sum, value) => sum + value * value, 0)
    const deviation = Math.sqrt(energy / values.length / 10 ** (snr / 10))
    return values.map((value) => value + deviation * normal())
  })
}

/**
 * A share of the bands, drawn by the seed, replaced by uniform noise over the range of the whole cube.
 * Returns the bands, rising.
 */
export async function withCorruptedBands(
  workspace: Workspace,
  scene: Scene,
  share: number,
  seed: number,
): Promise<{ scene: Scene; corrupted: number[] }> {
  const bands = scene.cube.source.shape[2] ?? 0
  const uniform = uniformNumbers(2000 + seed)
  const order = Array.from({ length: bands }, (_, band) => ({ band, key: uniform() }))
  order.sort((a, b) => a.key - b.key)
  const corrupted = order
    .slice(0, Math.round(share * bands))
    .map(({ band }) => band)
    .sort((a, b) => a - b)
  const isCorrupted = new Set(corrupted)
  const noisy = await changed(workspace, scene, `corrupted-${seed}`, ({ values }) => {
    let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const value of values) {
      lowest = Math.min(lowest, value)
      highest = Math.max(highest, value)
    }
    return values.map((value, index) =>
      isCorrupted.has(index % bands) ? lowest + (highest - lowest) * uniform() : value,
    )
  })
  return { scene: noisy, corrupted }
}
