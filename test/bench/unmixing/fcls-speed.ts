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
const kind = { bands, endmembers, snr: 30, purityCap: 0.9, dtype: 'float32' }
const small = { lines: 100, samples: 200 }
const large = { lines: 1000, samples: 1000 }
/** Pixels the slowest peer unmixes; its time for all of them is scaled up in proportion. */
const slowPixels = 1000

/** FCLS against what people use today, on the same pixels in the same run. */
export const fclsSpeed: Benchmark = {
  name: `FCLS, ${bands} bands, ${endmembers} endmembers, on ${availableParallelism()} threads; ours reads the file and writes its maps, the peers' clock runs for computing alone`,
  peers: [scipy, pysptools],
  missing: () => null,
  async measure(workspace, installed) {
    const some = await generateScene(workspace, { ...kind, ...small }, 1)
    const many = await generateScene(workspace, { ...kind, ...large }, 2)
    const measurements: Measurement[] = []
    if (installed(scipy)) {
      measurements.push(...(await againstScipy(workspace, many, count(large), 3, 30)))
      measurements.push(...(await againstScipy(workspace, some, count(small), 5, null)))
    } else {
      const times = [
        await clockOf(workspace, many),
        await clockOf(workspace, many),
        await clockOf(workspace, many),
      ]
      measurements.push(bounded('a million pixels', median(times), null, seconds, { ours: times }))
    }
    if (installed(pysptools)) {
      const abundances = join(await solve(workspace, some), 'abundances.npy')
      const share = count(small) / slowPixels
      const times = await inTurn(
        3,
        () => clockOf(workspace, some),
        () => Promise.resolve(share * runPeer('pysptools-fcls', some, slowPixels, abundances).seconds),
      )
      measurements.push(
        ratio(
          `${count(small)} pixels against ${pysptools.name}, its time for ${slowPixels} times ${share}`,
          times,
          null,
        ),
      )
    }
    return measurements
  },
}

function count({ lines, samples }: { lines: number; samples: number }): number {
  return lines * samples
}

/** Ours and the peer on the same pixels. */
async function againstScipy(
  workspace: Workspace,
  scene: Scene,
  pixels: number,
  rounds: number,
  mark: number | null,
): Promise<Measurement[]> {
  const abundances = join(await solve(workspace, scene), 'abundances.npy')
  const results: PeerResult[] = []
  const processor: number[] = []
  const times = await inTurn(
    rounds,
    async () => {
      const before = process.cpuUsage()
      const clock = await clockOf(workspace, scene)
      const { user, system } = process.cpuUsage(before)
      processor.push((user + system) / 1e6)
      return clock
    },
    () => {
      const result = runPeer('scipy-nnls', scene, pixels, abundances)
      results.push(result)
      return Promise.resolve(result.seconds)
    },
  )
  const processorTimes = {
    ours: processor,
    theirs: results.map(({ processorSeconds }) => processorSeconds),
  }
  return [
    ratio(`${pixels} pixels against the ${scipy.name}`, times, mark),
    ratio(`the same in processor time, which other work on the machine changes less`, processorTimes, null),
    bounded(
      'largest difference of an abundance',
      Math.max(...results.map(({ difference }) => difference)),
      null,
      (value) => value.toExponential(1),
    ),
  ]
}

/** Unmixes a scene with its true endmembers; returns the folder with the maps. */
function solve(workspace: Workspace, { cube, truth }: Scene): Promise<string> {
  return unmix(
    workspace,
    'fcls',
    { cube, spectra: givenSpectra(truth.endmembers) },
    { normalisation: 'none' },
  )
}

function clockOf(workspace: Workspace, some: Scene): Promise<number> {
  return secondsOf(() => solve(workspace, some))
}

interface PeerResult {
  seconds: number
  processorSeconds: number
  difference: number
}

function runPeer(peer: string, { cube, truth }: Scene, pixels: number, ours: string): PeerResult {
  const script = resolve(import.meta.dirname, 'peers.py')
  const printed = runPython(
    [script, peer, cube.source.path, truth.endmembers.path, `${pixels}`, ours],
    availableParallelism(),
  )
  return JSON.parse(printed) as PeerResult
}
