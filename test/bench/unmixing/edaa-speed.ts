import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { findMethod } from '../../../src/main/methods'
import { runPython } from '../../measurement/python'
import { generateScene } from '../../measurement/scene'
import { readNpy, type Workspace } from '../../measurement/workspace'
import { bounded, inTurn, ratio, type Benchmark, type Peer } from '../benchmark'

const torch: Peer = {
  name: 'EDAA in PyTorch on the CPU, float32',
  modules: ['torch', 'numpy'],
  packages: ['torch', 'numpy'],
}

/** The size of Samson, and a part of the published settings: time grows in proportion to each of the last three. */
const scene = { lines: 95, samples: 95, bands: 156, endmembers: 3, snr: 35 }
const settings = { rounds: 5, steps: 20, restarts: 10 }

/** EDAA against the paper's algorithm in PyTorch, at the same rounds, steps and restarts. */
export const edaaSpeed: Benchmark = {
  name: `EDAA, ${scene.lines} × ${scene.samples} pixels, ${scene.bands} bands, p ${scene.endmembers}, T ${settings.rounds}, K ${settings.steps}, M ${settings.restarts}, on ${availableParallelism()} threads; ours reads the file, judges the restarts and writes its maps, the peer's clock runs for the restarts alone`,
  peers: [torch],
  missing: () => null,
  async measure(workspace, installed) {
    if (!installed(torch)) return []
    const { cube } = await generateScene(workspace, scene, 1)
    const prepared = await unitLength(workspace, cube.source.path)
    const fits: { ours: number; theirs: number }[] = []
    let ourFit = Number.NaN
    const ours = async () => {
      const { params, solve } = findMethod('edaa')
      const { rounds, steps, restarts } = settings
      const own = { rounds, abundanceSteps: steps, archetypeSteps: steps, restarts }
      const parameters = params.parse({ endmembers: scene.endmembers, ...own })
      const context = await workspace.solve()
      const start = performance.now()
      const result = await solve({ cube }, parameters, context)
      ourFit = result.figures['fit'] ?? Number.NaN
      return (performance.now() - start) / 1000
    }
    const theirs = () => {
      const script = resolve(import.meta.dirname, 'edaa-peer.py')
      const numbers = [scene.endmembers, settings.rounds, settings.steps, settings.restarts, 0].map(String)
      const printed = runPython([script, prepared, ...numbers], availableParallelism())
      const { seconds, fit } = JSON.parse(printed) as { seconds: number; fit: number }
      fits.push({ ours: ourFit, theirs: fit })
      return Promise.resolve(seconds)
    }
    const times = await inTurn(3, ours, theirs)
    const [last] = fits.slice(-1)
    return [
      ratio(`against ${torch.name}`, times, 5),
      bounded('relative ℓ1 residual of the restart we kept', last?.ours ?? Number.NaN, null, (value) =>
        value.toPrecision(3),
      ),
      bounded('lowest of the peer', last?.theirs ?? Number.NaN, null, (value) => value.toPrecision(3)),
    ]
  },
}

/** The pixels of a scene as EDAA sees them by default, pixels × bands; returns the path. */
async function unitLength(workspace: Workspace, path: string): Promise<string> {
  const { values, shape } = await readNpy(path)
  const bands = shape[2] ?? 0
  const scaled = new Float64Array(values.length)
  for (let from = 0; from < values.length; from += bands) {
    const pixel = values.subarray(from, from + bands)
    const length = Math.sqrt(pixel.reduce((sum, value) => sum + value * value, 0))
    pixel.forEach((value, band) => {
      scaled[from + band] = length > 0 ? value / length : 0
    })
  }
  await workspace.write('unit-length.npy', [values.length / bands, bands], scaled)
  return join(workspace.folder, 'unit-length.npy')
}
