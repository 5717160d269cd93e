import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArraySource } from '../../../src/shared/array'
import type { Workspace } from '../../measurement/workspace'
import { rawSource } from '../../measurement/scene'
import { normalNumbers, uniformNumbers } from '../../measurement/statistics'
import type { Benchmark } from '../benchmark'
import { mappedFigures, weigh, weighingMissing } from '../weighed'

const shape: [number, number, number] = [1500, 2000, 200]
const endmembers = 4
const bytes = shape.reduce((product, size) => product * size) * 4
/** What the app may take while it unmixes a cube larger than memory would allow. */
const bound = 2 ** 30

/** Memory of a process that unmixes a cube several times as large as it may take. */
export const tiledMemory: Benchmark = {
  name: `Memory of the process that unmixes a float32 cube of ${(bytes / 2 ** 30).toFixed(1)} GiB (FCLS, ${endmembers} endmembers)`,
  peers: [],
  missing: weighingMissing,
  async measure(workspace) {
    const path = join(workspace.folder, 'large.raw')
    const spectra = await writeLarge(path, workspace)
    const cube = {
      source: rawSource(path, 'float32', shape),
      scale: 1,
      bands: null,
      normalisation: 'none',
      noDataValue: null,
      invalidPixels: 'refuse',
      negativeValues: 'refuse',
      spectraScaled: false,
    }
    return mappedFigures(await weigh(workspace, 'fcls', [cube, spectra, { tolerance: 1e-12 }]), bound)
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
