import { startFrom, unmix, type Scene } from '../../measurement/scene'
import type { Workspace } from '../../measurement/workspace'
import type { Check } from '../check'
import { clearlyBetter } from './compare-over-seeds'
import { samson, samsonMissing, scoreOf, type Score } from './score'

const seeds = Array.from({ length: 10 }, (_, seed) => seed)

/** SS-NMF against VCA + FCLS on Samson, seed by seed: from the very same picks, and as it ships. */
export const ssNmfOnSamson: Check = {
  name: `Samson, pixels of unit length: SS-NMF from a VCA start against VCA + FCLS, ${seeds.length} seeds`,
  missing: samsonMissing,
  async measure(workspace) {
    return compareOverSeeds(workspace, await samson(workspace), 3)
  },
}

/** Both methods with every seed on a scene of `endmembers` materials. */
export async function compareOverSeeds(workspace: Workspace, scene: Scene, endmembers: number) {
  const classical: Score[] = []
  const continued: Score[] = []
  const shipped: Score[] = []
  for (const seed of seeds) {
    const { cube } = scene
    const fcls = await unmix(workspace, 'fcls', { cube, spectra: null }, { endmembers }, seed)
    classical.push(await scoreOf(scene, fcls))
    const start = await startFrom(workspace, fcls)
    const same = await unmix(workspace, 'ss-nmf', { cube, start }, { endmembers }, seed)
    continued.push(await scoreOf(scene, same))
    const own = await unmix(workspace, 'ss-nmf', { cube, start: null }, { endmembers }, seed)
    shipped.push(await scoreOf(scene, own))
  }
  return [
    ...clearlyBetter('SS-NMF from the same picks', continued, 'VCA + FCLS', classical),
    ...clearlyBetter('SS-NMF as it ships', shipped, 'VCA + FCLS', classical).slice(2),
  ]
}
