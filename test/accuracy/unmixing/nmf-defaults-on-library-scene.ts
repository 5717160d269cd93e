import { importAbundances, importPruned, libraryScene } from '../../measurement/library-scene'
import { unmix, type Scene } from '../../measurement/scene'
import type { Workspace } from '../../measurement/workspace'
import { missingSharedData, missingWords, sharedData } from '../../shared-data-files'
import { forTheRecord, type Check } from '../check'
import { scoreOf } from './score'

const files = ['unmixing/USGS_1995_Library.mat', 'unmixing/dc2_abundances_spatial2.mat'] as const
/** The nine spectra of DC2: columns 2 to 10 of the pruned library in its order. */
const chosen = [1, 2, 3, 4, 5, 6, 7, 8, 9]
const snr = 40

const methods = {
  'nmf': 'NMF',
  'l12-nmf': 'L1/2-NMF',
  'ss-nmf': 'SS-NMF',
  'dgs-nmf': 'DgS-NMF',
  'correntropy-nmf': 'correntropy NMF',
  'rrlbs': 'RRLbS',
}

/** Whether the defaults of the NMF family carry to a scene of nine minerals in more bands, for which none was chosen. */
export const nmfDefaultsOnLibraryScene: Check = {
  name: `DC2 (nine spectra of USGS-1995, ${snr} dB): defaults of the NMF family beside VCA + FCLS`,
  missing: () => {
    const missing = missingSharedData(files)
    return missing.length === 0 ? null : missingWords(missing)
  },
  async measure(workspace) {
    const scene = await sceneOfMinerals(workspace)
    const solve = (method: string, inputs: Parameters<typeof unmix>[2]) =>
      unmix(workspace, method, { cube: scene.cube, ...inputs }, { endmembers: chosen.length })
    const figures = [...(await recorded('VCA + FCLS', scene, await solve('fcls', { spectra: null })))]
    for (const [method, name] of Object.entries(methods)) {
      figures.push(...(await recorded(name, scene, await solve(method, { start: null }))))
    }
    return figures
  },
}

async function sceneOfMinerals(workspace: Workspace): Promise<Scene> {
  const library = await importPruned(workspace, sharedData(files[0]) ?? '', 4.44)
  const planted = await importAbundances(workspace, sharedData(files[1]) ?? '')
  const { cube, truth } = await libraryScene(workspace, library, chosen, planted, snr, 0)
  const spectra = new Float64Array(library.bands * chosen.length)
  chosen.forEach((spectrum, material) => {
    for (let band = 0; band < library.bands; band += 1) {
      spectra[band * chosen.length + material] = library.values[band * library.names.length + spectrum] ?? 0
    }
  })
  const endmembers = await workspace.write(
    'library-scene-endmembers.npy',
    [library.bands, chosen.length],
    spectra,
  )
  return { cube, truth: { endmembers, abundances: truth } }
}

async function recorded(name: string, scene: Scene, folder: string) {
  const { sad, armse } = await scoreOf(scene, folder)
  return [
    forTheRecord(`${name}: mean SAD`, sad, `${sad.toFixed(2)}°`),
    forTheRecord(`${name}: aRMSE`, armse, `${armse.toFixed(2)} %`),
  ]
}
