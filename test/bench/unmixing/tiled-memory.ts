import { execFile } from 'node:child_process'
import { open } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { ArraySource } from '../../../src/shared/array'
import type { Workspace } from '../../measurement/workspace'
import { rawSource } from '../../measurement/scene'
import { normalNumbers, uniformNumbers } from '../../measurement/statistics'
import { bounded, mebibytes, seconds, type Benchmark } from '../benchmark'

const shape: [number, number, number] = [1500, 2000, 200]
const endmembers = 4
const bytes = shape.reduce((product, size) => product * size) * 4
/** What the app may take while it unmixes a cube larger than memory would allow. */
const bound = 2 ** 30

/** Memory of a process that unmixes a cube several times as large as it may take. */
export const tiledMemory: Benchmark = {
  name: `Memory of the process that unmixes a float32 cube of ${(bytes / 2 ** 30).toFixed(1)} GiB (FCLS, ${endmembers} endmembers)`,
  peers: [],
  missing: () => (process.platform === 'linux' ? null : 'reads /proc, which only Linux has'),
  async measure(workspace) {
    const path = join(workspace.folder, 'large.raw')
    const spectra = await writeLarge(path, workspace)
    const context = await workspace.solve()
    const job = {
      cube: rawSource(path, 'float32', shape),
      spectra,
      folder: context.folder,
      threads: context.threads,
    }
    const script = resolve(import.meta.dirname, 'solve-and-weigh.mjs')
    const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(job)])
    const weighed = JSON.parse(stdout) as { peakBytes: number; ownBytes: number; seconds: number }
    return [
      bounded(
        'memory of its own (not pages of the mapped file), at most',
        weighed.ownBytes,
        bound,
        mebibytes,
      ),
      bounded(
        'resident memory at most, with pages of the file the system may take back',
        weighed.peakBytes,
        null,
        mebibytes,
      ),
      bounded('time', weighed.seconds, null, seconds),
    ]
  },
}

/** Mixtures of random spectra, the same block of lines again and again; returns where the spectra are. */
async function writeLarge(path: string, workspace: Workspace): Promise<ArraySource> {
  const [lines, samples, bands] = shape
  const uniform = uniformNumbers(5)
  const normal = normalNumbers(uniform)
  const spectra = Float64Array.from({ length: bands * endmembers }, uniform)
  const block = new Float32Array(10 * samples * bands)
  for (let pixel = 0; pixel < 10 * samples; pixel += 1) {
    const weights = Array.from({ length: endmembers }, () => -Math.log(1 - uniform()))
    const sum = weights.reduce((total, weight) => total + weight)
    for (let band = 0; band < bands; band += 1) {
      const mixed = weights.reduce(
        (total, weight, index) => total + (weight / sum) * (spectra[band * endmembers + index] ?? 0),
        0,
      )
      block[pixel * bands + band] = mixed + 0.02 * normal()
    }
  }
  const file = await open(path, 'w')
  try {
    for (let line = 0; line < lines; line += 10) await file.write(new Uint8Array(block.buffer))
  } finally {
    await file.close()
  }
  return workspace.write('spectra.npy', [bands, endmembers], spectra)
}
