import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { findMethod } from '../../../src/main/methods'
import { runPython } from '../../measurement/python'
import { generateScene, givenSpectra, type Scene } from '../../measurement/scene'
import type { Workspace } from '../../measurement/workspace'
import { inTurn, ratio, type Benchmark, type Measurement, type Peer } from '../benchmark'

const numpy: Peer = { name: 'NumPy with OpenBLAS', modules: ['numpy', 'scipy'], packages: ['numpy', 'scipy'] }

const scenes = [
  { name: 'small', lines: 95, samples: 95, bands: 156, endmembers: 3 },
  { name: 'large', lines: 300, samples: 300, bands: 200, endmembers: 10 },
] as const

const iterations = { small: 200, large: 40 }

/** What the peer calls a method, the method of ours, and what makes it do the same. */
const methods = [
  { peer: 'nmf', name: 'NMF, multiplicative', method: 'nmf', parameters: {} },
  { peer: 'hals', name: 'NMF, HALS', method: 'nmf', parameters: { updates: 'hals' } },
  { peer: 'l12-nmf', name: 'L1/2-NMF', method: 'l12-nmf', parameters: {} },
  {
    peer: 'ss-nmf',
    name: "SS-NMF (SciPy's sparse graph)",
    method: 'ss-nmf',
    parameters: { window: 3, neighbours: 8 },
  },
] as const

/** The family against the same updates, as often, from the same spectra. */
export const nmfSpeed: Benchmark = {
  name: `NMF family in float64 on ${availableParallelism()} threads: the iterations alone (ours with writing the maps) against the same updates in NumPy`,
  peers: [numpy],
  missing: () => null,
  async measure(workspace, installed) {
    if (!installed(numpy)) return []
    const measurements: Measurement[] = []
    for (const { name, ...kind } of scenes) {
      const scene = await generateScene(workspace, { ...kind, snr: 30, dtype: 'float64' }, 3)
      const count = iterations[name]
      const size = `${kind.lines * kind.samples} pixels, ${kind.bands} bands, p ${kind.endmembers}`
      for (const { peer, name: title, method, parameters } of methods) {
        const times = await inTurn(
          5,
          () => ours(workspace, scene, method, { ...parameters, endmembers: kind.endmembers }, count),
          () => Promise.resolve(theirs(peer, scene, count)),
        )
        measurements.push(ratio(`${title}, ${size}, ${count} iterations`, times, 3))
      }
    }
    return measurements
  },
}

async function ours(
  workspace: Workspace,
  { cube, truth }: Scene,
  method: string,
  parameters: Record<string, unknown>,
  count: number,
): Promise<number> {
  const { params, solve } = findMethod(method)
  const filled = params.parse({
    ...parameters,
    maxIterations: count,
    tolerance: 0,
    normalisation: 'none',
    negativeValues: 'clip',
  })
  const start = givenSpectra(truth.endmembers)
  const { iterationSeconds } = await solve({ cube, start }, filled, await workspace.solve())
  return iterationSeconds
}

function theirs(peer: string, { cube, truth }: Scene, count: number): number {
  const script = resolve(import.meta.dirname, 'nmf_peer.py')
  const printed = runPython(
    [script, peer, cube.source.path, truth.endmembers.path, `${count}`],
    availableParallelism(),
  )
  return (JSON.parse(printed) as { seconds: number }).seconds
}
