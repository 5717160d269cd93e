import { join, resolve } from 'node:path'
import {
  importAbundances,
  importPruned,
  libraryScene,
  scoreSre,
  type LibraryScene,
  type NamedLibrary,
} from '../../measurement/library-scene'
import { runPython } from '../../measurement/python'
import { unmix } from '../../measurement/scene'
import type { Workspace } from '../../measurement/workspace'
import { missingSharedData, missingWords, sharedData } from '../../shared-data-files'
import { inTurn, ratio, secondsOf, type Benchmark, type Measurement, type Peer } from '../benchmark'

const numpy: Peer = { name: 'ADMM in NumPy', modules: ['numpy'], packages: ['numpy'] }

const files = ['unmixing/USGS_1995_Library.mat', 'unmixing/dc2_abundances_spatial2.mat'] as const
const threads = 2
const rounds = 3
const settings = [
  { snr: 20, sparsity: 0.1, least: null },
  { snr: 30, sparsity: 0.01, least: 10 },
  { snr: 40, sparsity: 0.005, least: 10 },
] as const

/** SUnSAL with a library against the published iteration in NumPy, on the same pixels in the same run. */
export const sunsalSpeed: Benchmark = {
  name: `SUnSAL, DC2, 10,000 pixels and 240 spectra, on ${threads} threads each; ours reads the file and writes its maps, the peer's clock runs for computing alone`,
  peers: [numpy],
  missing: () => {
    const missing = missingSharedData(files)
    return missing.length === 0 ? null : missingWords(missing)
  },
  async measure(workspace, installed) {
    if (!installed(numpy)) return []
    const library = await importPruned(workspace, sharedData(files[0]) ?? '', 4.44)
    const planted = await importAbundances(workspace, sharedData(files[1]) ?? '')
    const measurements: Measurement[] = []
    for (const { snr, sparsity, least } of settings) {
      const scene = await libraryScene(workspace, library, [1, 2, 3, 4, 5, 6, 7, 8, 9], planted, snr, 0)
      for (const algorithm of ['active-set', 'admm'] as const) {
        const mark = algorithm === 'active-set' ? least : null
        measurements.push(await against(workspace, library, scene, snr, { sparsity, algorithm }, mark))
      }
    }
    return measurements
  },
}

async function against(
  workspace: Workspace,
  library: NamedLibrary,
  scene: LibraryScene,
  snr: number,
  parameters: { sparsity: number; algorithm: 'active-set' | 'admm' },
  least: number | null,
): Promise<Measurement> {
  const out = join(workspace.folder, 'peer.npy')
  const script = resolve(import.meta.dirname, 'sunsal-peer.py')
  const { path } = library.library.source
  let folder = ''
  const times = await inTurn(
    rounds,
    () =>
      secondsOf(async () => {
        const inputs = { cube: scene.cube, library: library.library }
        folder = await unmix(workspace, 'sunsal', inputs, parameters, 0, threads)
      }),
    () => {
      const printed = runPython(
        [script, scene.cube.source.path, path, `${parameters.sparsity}`, out],
        threads,
      )
      return Promise.resolve((JSON.parse(printed) as { seconds: number }).seconds)
    },
  )
  const ours = await scoreSre(library, scene, join(folder, 'abundances.npy'))
  const theirs = await scoreSre(library, scene, out)
  const measured = ratio(`${parameters.algorithm} at ${snr} dB against ${numpy.name}`, times, least)
  return { ...measured, text: `${measured.text}; SRE ${ours.toFixed(2)} dB against ${theirs.toFixed(2)} dB` }
}
