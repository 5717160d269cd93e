import { join, resolve } from 'node:path'
import { availableParallelism } from 'node:os'
import { runPython } from '../../measurement/python'
import { generateScene, givenSpectra, unmix, type Scene } from '../../measurement/scene'
import { median } from '../../measurement/statistics'
import type { Workspace } from '../../measurement/workspace'
import {
  bounded,
  inTurn,
  ratio,
  seconds,
  secondsOf,
  type Benchmark,
  type Measurement,
  type Peer,
} from '../benchmark'

const scipy: Peer = {
  name: "loop of SciPy's nnls",
  modules: ['numpy', 'scipy'],
  packages: ['numpy', 'scipy'],
}
const pysptools: Peer = {
  name: 'pysptools FCLS (cvxopt)',
  modules: ['pysptools.abundance_maps.amaps', 'cvxopt', 'matplotlib'],
  packages: ['pysptools', 'cvxopt', 'matplotlib'],
}

const bands = 200
const endmembers = 10
const scene = { bands, endmembers, snr: 30, purityCap: 0.9, dtype: 'float32' }
const small = { lines: 100, samples: 200 }
const large = { lines: 1000, samples: 1000 }
const rounds = 5
/** Pixels the slowest peer unmixes; its time for all of them is scaled up in proportion. */
const slowPixels = 1000

/** FCLS against what people use today, on the same pixels in the same run. */
export const fclsSpeed: Benchmark = {
  name: `FCLS, ${bands} bands, ${endmembers} endmembers, on ${availableParallelism()} threads; ours reads the file and writes its maps, the peers' clock runs for computing alone`,
  peers: [scipy, pysptools],
  missing: () => Promise.resolve(null),
  async measure(workspace, installed) {
    const some = await generateScene(workspace, { ...scene, ...small }, 1)
    const many = await generateScene(workspace, { ...scene, ...large }, 2)
    const count = small.lines * small.samples
    const factor = (large.lines * large.samples) / count
    const measurements: Measurement[] = []
    const million = [
      await timeOurs(workspace, many),
      await timeOurs(workspace, many),
      await timeOurs(workspace, many),
    ]
    const { folder } = await runOurs(workspace, some)
    const reference = join(folder, 'abundances.npy')
    if (installed(scipy)) {
      let difference = 0
      const peer = async () => {
        const result = runPeer('scipy-nnls', some, count, reference)
        difference = result.difference
        return Promise.resolve(result.seconds)
      }
      const times = await inTurn(rounds, () => timeOurs(workspace, some), peer)
      const scaled = times.theirs.map((time) => time * factor)
      measurements.push(
        ratio(`${count} pixels against the ${scipy.name}`, times, 30),
        ratio(
          `a million pixels against the ${scipy.name} (its time for ${count} pixels times ${factor})`,
          { ours: million, theirs: scaled },
          30,
        ),
        bounded(`largest difference of an abundance to the ${scipy.name}`, difference, null, (value) =>
          value.toExponential(1),
        ),
      )
    } else {
      measurements.push(bounded('a million pixels', median(million), null, seconds, { ours: million }))
    }
    if (installed(pysptools)) {
      const share = count / slowPixels
      const peer = () =>
        Promise.resolve(runPeer('pysptools-fcls', some, slowPixels, reference).seconds * share)
      const times = await inTurn(3, () => timeOurs(workspace, some), peer)
      measurements.push(
        ratio(
          `${count} pixels against ${pysptools.name} (its time for ${slowPixels} pixels times ${share})`,
          times,
          null,
        ),
      )
    }
    return measurements
  },
}

async function runOurs(workspace: Workspace, { cube, truth }: Scene): Promise<{ folder: string }> {
  const inputs = { cube, spectra: givenSpectra(truth.endmembers) }
  return { folder: await unmix(workspace, 'fcls', inputs, { normalisation: 'none' }) }
}

function timeOurs(workspace: Workspace, some: Scene): Promise<number> {
  return secondsOf(() => runOurs(workspace, some))
}

function runPeer(peer: string, { cube, truth }: Scene, pixels: number, ours: string) {
  const script = resolve(import.meta.dirname, 'peers.py')
  const printed = runPython(
    [script, peer, cube.source.path, truth.endmembers.path, `${pixels}`, ours],
    availableParallelism(),
  )
  return JSON.parse(printed) as { seconds: number; difference: number }
}
