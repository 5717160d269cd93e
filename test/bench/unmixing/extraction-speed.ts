import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { runPython } from '../../measurement/python'
import { generateScene, unmix } from '../../measurement/scene'
import { inTurn, ratio, secondsOf, type Benchmark, type Measurement, type Peer } from '../benchmark'

const numpy: Peer = { name: 'NumPy', modules: ['numpy'], packages: ['numpy'] }
const pysptools: Peer = {
  name: 'pysptools',
  modules: ['pysptools.eea.eea', 'matplotlib'],
  packages: ['pysptools', 'matplotlib'],
}

const endmembers = 6
const size = { lines: 100, samples: 100, bands: 200, endmembers, snr: 40 }
const rounds = 3

/** pysptools' own N-FINDR does not load with a current SciPy; it is held against one written in NumPy. */
const pairs: { method: string; parameters: Record<string, unknown>; peer: Peer; script: string }[] = [
  { method: 'n-findr', parameters: { restarts: 0 }, peer: numpy, script: 'numpy-nfindr' },
  { method: 'atgp', parameters: {}, peer: pysptools, script: 'pysptools-atgp' },
  { method: 'ppi', parameters: { skewers: 10_000 }, peer: pysptools, script: 'pysptools-ppi' },
]

/** Extraction of endmembers against what people use today, on the same pixels in the same run. */
export const extractionSpeed: Benchmark = {
  name: `Extraction of ${endmembers} endmembers from ${size.lines * size.samples} pixels of ${size.bands} bands, on ${availableParallelism()} threads; ours reads the file and writes its outputs, the peers' clock runs for computing alone`,
  peers: [numpy, pysptools],
  missing: () => null,
  async measure(workspace, installed) {
    const { cube } = await generateScene(workspace, size, 3)
    const path = resolve(import.meta.dirname, 'extraction_peers.py')
    const measurements: Measurement[] = []
    for (const { method, parameters, peer, script } of pairs.filter((pair) => installed(pair.peer))) {
      const times = await inTurn(
        rounds,
        () =>
          secondsOf(() =>
            unmix(workspace, method, { cube }, { endmembers, normalisation: 'none', ...parameters }),
          ),
        () => {
          const printed = runPython([path, script, cube.source.path, `${endmembers}`], availableParallelism())
          return Promise.resolve((JSON.parse(printed) as { seconds: number }).seconds)
        },
      )
      measurements.push(ratio(`${method} against ${peer.name}`, times, null))
    }
    return measurements
  },
}
