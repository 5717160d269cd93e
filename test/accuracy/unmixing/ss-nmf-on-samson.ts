import type { Check } from '../check'
import { compareOverSeeds, seeds } from './compare-over-seeds'
import { samson, samsonMissing } from './score'

/** SS-NMF against VCA + FCLS on a real scene. */
export const ssNmfOnSamson: Check = {
  name: `Samson, pixels of unit length: SS-NMF from a VCA start against VCA + FCLS, ${seeds.length} seeds`,
  missing: samsonMissing,
  measure: async (workspace) => compareOverSeeds(workspace, await samson(workspace), 3),
}
