import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { cubeOf, generateScene, unmix, type Scene } from '../../measurement/scene'
import { normalNumbers, uniformNumbers } from '../../measurement/statistics'
import { readNpy, type Workspace } from '../../measurement/workspace'
import { figure, forTheRecord, type Check, type Figure } from '../check'

const side = 64
const bands = 200
const endmembers = 10
/** Bands of the running mean that makes spectra of independent numbers smooth. */
const smoothing = 9
const seeds = 100
const ratios = [15, 20, 25, 30, 40, 50]
/** From here on the count has to be right. */
const markedFrom = 25
const least = 95

/** Scenes of the app's own generator, whose spectra are much alike; printed beside the marks. */
const generated = { lines: 100, samples: 100, bands, endmembers }
const generatedSeeds = 40
const generatedRatios = [25, 30, 40]

/** HySime and HFC against the number of endmembers that were mixed. */
export const endmemberCountRight: Check = {
  name: `Number of endmembers: ${bands} bands, p = ${endmembers}, ${side} × ${side} pixels, flat Dirichlet abundances, random spectra smoothed over ${smoothing} bands, white noise, ${seeds} seeds; false-alarm rate 0.001`,
  missing: () => null,
  async measure(workspace) {
    const figures: Figure[] = []
    const counts = new Map(ratios.map((snr) => [snr, [] as number[][]]))
    for (let seed = 0; seed < seeds; seed += 1) {
      const scene = randomScene(seed)
      for (const snr of ratios) counts.get(snr)?.push(await countIn(workspace, noisyCube(scene, snr)))
    }
    for (const [snr, found] of counts) {
      const marked = snr >= markedFrom
      figures.push(
        right(`HySime at ${snr} dB`, found, 0, marked),
        right(`HFC at ${snr} dB`, found, 1, marked),
      )
      figures.push(right(`NWHFC at ${snr} dB`, found, 2, false))
      figures.push(right(`HFC at ${snr} dB, pairs counted as in its paper`, found, 3, false))
    }
    return [...figures, ...(await onGeneratedScenes(workspace))]
  },
}

function right(name: string, found: readonly number[][], estimator: number, marked: boolean): Figure {
  const hits = found.filter((counts) => counts[estimator] === endmembers).length
  const text = `${hits} of ${found.length} seeds right`
  if (!marked) return forTheRecord(name, hits, text)
  return figure(name, hits, { text: `≥ ${least} of ${seeds}`, passes: (value) => value >= least }, text)
}

/**
 * The generator's spectra are smooth curves twelve degrees apart, and a tenth of them may add less power than the
 * noise has in one direction. HySime leaves such a direction out by its definition: it is held against the number of
 * directions of the clean scene that stand above the noise, too.
 */
async function onGeneratedScenes(workspace: Workspace): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const snr of generatedRatios) {
    const found: number[][] = []
    let above = 0
    for (let seed = 0; seed < generatedSeeds; seed += 1) {
      const scene = await generateScene(workspace, { ...generated, snr }, seed)
      const counts = await countEndmembers(workspace, scene.cube)
      found.push(counts)
      if (counts[0] === (await directionsAboveNoise(scene, snr))) above += 1
      await rm(scene.cube.source.path)
    }
    const scenes = `generator's own scene at ${snr} dB`
    figures.push(
      right(`HySime, ${scenes}`, found, 0, false),
      forTheRecord(
        `  against the directions of its clean pixels that stand above the noise`,
        above,
        `${above} of ${generatedSeeds} seeds right`,
      ),
      right(`HFC, ${scenes}`, found, 1, false),
      right(`NWHFC, ${scenes}`, found, 2, false),
    )
  }
  return figures
}

/** Eigenvalues of the clean correlation M·R·Mᵀ that are above the noise; R: correlation of the abundances. */
async function directionsAboveNoise({ truth }: Scene, snr: number): Promise<number> {
  const spectra = await readNpy(truth.endmembers.path)
  const maps = await readNpy(truth.abundances.path)
  const m = Matrix.from1DArray(bands, endmembers, spectra.values)
  const a = Matrix.from1DArray(endmembers, maps.values.length / endmembers, maps.values)
  const correlation = a.mmul(a.transpose()).div(a.columns)
  const factor = new CholeskyDecomposition(correlation).lowerTriangularMatrix
  const small = factor.transpose().mmul(m.transpose()).mmul(m).mmul(factor)
  const eigenvalues = new EigenvalueDecomposition(small, { assumeSymmetric: true }).realEigenvalues
  const power = eigenvalues.reduce((sum, value) => sum + value, 0)
  const noise = power / bands / 10 ** (snr / 10)
  return eigenvalues.filter((value) => value > noise).length
}

interface RandomScene {
  clean: Float64Array
  noise: Float64Array
}

function randomScene(seed: number): RandomScene {
  const uniform = uniformNumbers(1 + seed)
  const normal = normalNumbers(uniform)
  const spectra = Array.from({ length: endmembers }, () => randomSpectrum(uniform))
  const clean = new Float64Array(side * side * bands)
  for (let pixel = 0; pixel < side * side; pixel += 1) {
    const weights = spectra.map(() => -Math.log(1 - uniform()))
    const sum = weights.reduce((total, weight) => total + weight)
    spectra.forEach((spectrum, index) => {
      const share = (weights[index] ?? 0) / sum
      for (let band = 0; band < bands; band += 1) {
        clean[pixel * bands + band] = (clean[pixel * bands + band] ?? 0) + share * (spectrum[band] ?? 0)
      }
    })
  }
  return { clean, noise: Float64Array.from(clean, normal) }
}

/** Uniform numbers, each band the mean of its neighbourhood. */
function randomSpectrum(uniform: () => number): number[] {
  const rough = Array.from({ length: bands + smoothing - 1 }, uniform)
  return Array.from(
    { length: bands },
    (_, band) => rough.slice(band, band + smoothing).reduce((sum, value) => sum + value) / smoothing,
  )
}

function noisyCube({ clean, noise }: RandomScene, snr: number): Float64Array {
  const power = clean.reduce((sum, value) => sum + value * value, 0) / clean.length
  const deviation = Math.sqrt(power / 10 ** (snr / 10))
  return clean.map((value, index) => value + deviation * (noise[index] ?? 0))
}

async function countIn(workspace: Workspace, values: Float64Array): Promise<number[]> {
  const source = await workspace.write('random.npy', [side, side, bands], values)
  try {
    return await countEndmembers(workspace, cubeOf(source))
  } finally {
    await rm(source.path)
  }
}

async function countEndmembers(workspace: Workspace, cube: Scene['cube']): Promise<number[]> {
  const folder = await unmix(workspace, 'endmember-count', { cube }, {})
  return Array.from((await readNpy(join(folder, 'estimates.npy'))).values)
}
