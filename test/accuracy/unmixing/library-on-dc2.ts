import { join } from 'node:path'
import { scoreUnmixing } from '../../../src/main/methods/unmixing/score'
import {
  importAbundances,
  importPruned,
  libraryScene,
  type NamedLibrary,
  type PlantedAbundances,
} from '../../measurement/library-scene'
import { unmix } from '../../measurement/scene'
import { mean } from '../../measurement/statistics'
import { npySource, type Workspace } from '../../measurement/workspace'
import { missingSharedData, missingWords, sharedData } from '../../shared-data-files'
import { figure, within, type Check, type Figure } from '../check'

const files = ['unmixing/USGS_1995_Library.mat', 'unmixing/dc2_abundances_spatial2.mat'] as const
const seeds = [0, 1, 2]
/** The nine spectra of the scene: columns 2 to 10 of the pruned library in its order. */
const chosen = [1, 2, 3, 4, 5, 6, 7, 8, 9]

const published = [
  { snr: 20, sparsity: 0.1, sre: 4.33, variationWeight: 0.03 },
  { snr: 30, sparsity: 0.01, sre: 10.45, variationWeight: 0.01 },
  { snr: 40, sparsity: 0.005, sre: 17.85, variationWeight: null },
] as const

/** Sparse unmixing of DC2 against the published figures. */
export const libraryOnDc2: Check = {
  name: 'Library unmixing of DC2 (USGS-1995 pruned at 4.44°, nine spectra, white noise)',
  missing: () => {
    const missing = missingSharedData(files)
    return missing.length === 0 ? null : missingWords(missing)
  },
  async measure(workspace) {
    const library = await importPruned(workspace, sharedData(files[0]) ?? '', 4.44)
    const planted = await importAbundances(workspace, sharedData(files[1]) ?? '')
    const figures: Figure[] = [
      figure('spectra left after pruning', library.names.length, within(240, 0), `${library.names.length}`),
    ]
    for (const { snr, sparsity, sre, variationWeight } of published) {
      const found = await overSeeds(workspace, library, planted, snr, 'sunsal', { sparsity })
      figures.push(
        decibels(
          `SUnSAL at ${snr} dB, λ ${sparsity}, mean over ${seeds.length} seeds`,
          found,
          within(sre, 0.1, ' dB'),
        ),
      )
      if (variationWeight === null) continue
      const above = {
        text: `> ${found.toFixed(2)} dB, that of SUnSAL`,
        passes: (value: number) => value > found,
      }
      const multiscale = await overSeeds(workspace, library, planted, snr, 'mua', {})
      figures.push(decibels(`MUA at ${snr} dB, defaults`, multiscale, above))
      const variation = await overSeeds(workspace, library, planted, snr, 'sunsal-tv', { variationWeight }, 1)
      figures.push(decibels(`SUnSAL-TV at ${snr} dB, λ_TV ${variationWeight}`, variation, above))
    }
    return figures
  },
}

function decibels(name: string, value: number, mark: ReturnType<typeof within>): Figure {
  return figure(name, value, mark, `SRE ${value.toFixed(2)} dB`)
}

/** Mean SRE of a method over noise of several seeds, by the app's own score. */
async function overSeeds(
  workspace: Workspace,
  library: NamedLibrary,
  planted: PlantedAbundances,
  snr: number,
  method: string,
  parameters: Record<string, unknown>,
  count = seeds.length,
): Promise<number> {
  const found: number[] = []
  for (const seed of seeds.slice(0, count)) {
    const { cube, truth, names } = await libraryScene(workspace, library, chosen, planted, snr, seed)
    const folder = await unmix(workspace, method, { cube, library: library.library }, parameters)
    const { scoreCard } = await scoreUnmixing({
      truth: { endmembers: null, abundances: truth, names },
      estimate: {
        endmembers: null,
        abundances: await npySource(join(folder, 'abundances.npy')),
        names: library.names,
      },
      bands: null,
      normalisation: 'none',
      threads: 2,
    })
    found.push(scoreCard?.metrics.find(({ id }) => id === 'sre')?.value ?? Number.NaN)
  }
  return mean(found)
}
