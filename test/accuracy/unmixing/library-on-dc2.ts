import {
  importAbundances,
  importPruned,
  libraryScene,
  sreOn,
  type LibraryScene,
  type NamedLibrary,
} from '../../measurement/library-scene'
import { mean } from '../../measurement/statistics'
import type { Workspace } from '../../measurement/workspace'
import { missingSharedData, missingWords, sharedData } from '../../shared-data-files'
import { figure, forTheRecord, within, type Check, type Figure } from '../check'

const files = ['unmixing/USGS_1995_Library.mat', 'unmixing/dc2_abundances_spatial2.mat'] as const
const seeds = [0, 1, 2, 3, 4]
/** The nine spectra of the scene: columns 2 to 10 of the pruned library in its order. */
const chosen = [1, 2, 3, 4, 5, 6, 7, 8, 9]

const published = [
  { snr: 20, sparsity: 0.1, sre: 4.33 },
  { snr: 30, sparsity: 0.01, sre: 10.45 },
  { snr: 40, sparsity: 0.005, sre: 17.85 },
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
    for (const { snr, sparsity, sre } of published) {
      const scenes: LibraryScene[] = []
      for (const seed of seeds)
        scenes.push(await libraryScene(workspace, library, chosen, planted, snr, seed))
      const few = scenes.slice(0, 1)
      const measured = (method: string, parameters: Record<string, unknown>, over = scenes) =>
        meanSre(workspace, library, over, method, parameters)
      const splitting = await measured('sunsal', { sparsity, algorithm: 'admm' })
      const at = `at ${snr} dB`
      figures.push(
        decibels(
          `SUnSAL ${at}, ADMM, λ ${sparsity}, mean over ${seeds.length} seeds`,
          splitting,
          within(sre, 0.1, ' dB'),
        ),
        inDecibels(`SUnSAL ${at}, exact minimum, the same`, await measured('sunsal', { sparsity })),
      )
      const multiscale = await measured('mua', {})
      const variation = await measured('sunsal-tv', {}, few)
      if (snr < 40) {
        const above = {
          text: `> ${splitting.toFixed(2)} dB, that of SUnSAL`,
          passes: (value: number) => value > splitting,
        }
        figures.push(decibels(`MUA ${at}, defaults`, multiscale, above))
        figures.push(decibels(`SUnSAL-TV ${at}, defaults, one seed`, variation, above))
      } else {
        figures.push(inDecibels(`MUA ${at}, defaults`, multiscale))
        figures.push(inDecibels(`SUnSAL-TV ${at}, defaults, one seed`, variation))
      }
      const collaborative = await measured('clsunsal', {}, few)
      figures.push(inDecibels(`CLSUnSAL ${at}, defaults, one seed`, collaborative))
    }
    return figures
  },
}

function inDecibels(name: string, value: number): Figure {
  return forTheRecord(name, value, `SRE ${value.toFixed(2)} dB`)
}

function decibels(name: string, value: number, mark: ReturnType<typeof within>): Figure {
  return figure(name, value, mark, `SRE ${value.toFixed(2)} dB`)
}

/** Mean SRE of a method over some scenes, by the app's own score. */
async function meanSre(
  workspace: Workspace,
  library: NamedLibrary,
  scenes: readonly LibraryScene[],
  method: string,
  parameters: Record<string, unknown>,
): Promise<number> {
  const found: number[] = []
  for (const scene of scenes) found.push(await sreOn(workspace, library, scene, method, parameters))
  return mean(found)
}
