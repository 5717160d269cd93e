import { generateScene } from '../../measurement/scene'
import type { Check } from '../check'
import { compareOverSeeds, seeds } from './compare-over-seeds'

/** A scene without pure pixels, where the picks of VCA lie inside the simplex and must be moved out. */
const parameters = { lines: 60, samples: 60, bands: 120, endmembers: 4, snr: 30, purityCap: 0.8 }

const description = Object.entries(parameters).map(([name, value]) => `${name} ${value}`)

/** SS-NMF against VCA + FCLS where the truth is exact. */
export const ssNmfOnSynthetic: Check = {
  name: `Synthetic scene with its exact truth (${description.join(', ')}): SS-NMF from a VCA start against VCA + FCLS, ${seeds.length} seeds`,
  missing: () => null,
  measure: async (workspace) =>
    compareOverSeeds(workspace, await generateScene(workspace, parameters, 1), parameters.endmembers),
}
