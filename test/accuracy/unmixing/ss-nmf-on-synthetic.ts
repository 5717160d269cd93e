import { generateScene } from '../../measurement/scene'
import type { Check } from '../check'
import { compareOverSeeds } from './ss-nmf-on-samson'

/** A scene without pure pixels, where the picks of VCA lie inside the simplex and must be moved out. */
const parameters = { lines: 60, samples: 60, bands: 120, endmembers: 4, snr: 30, purityCap: 0.8 }

/** SS-NMF against VCA + FCLS where the truth is exact. */
export const ssNmfOnSynthetic: Check = {
  name: `Synthetic scene, planted truth (${Object.entries(parameters)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}): SS-NMF against VCA + FCLS, ten seeds`,
  missing: () => null,
  async measure(workspace) {
    return compareOverSeeds(workspace, await generateScene(workspace, parameters, 1), parameters.endmembers)
  },
}
