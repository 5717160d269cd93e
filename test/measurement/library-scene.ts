import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { arraySource, arrayAsFloat64 } from '../../src/main/formats'
import { matlabImporter } from '../../src/main/formats/matlab'
import { findMethod } from '../../src/main/methods'
import type { ArraySource } from '../../src/shared/array'
import type { CubeValue, SpectraValue } from '../../src/shared/method'
import { mkdir } from 'node:fs/promises'
import { scoreUnmixing } from '../../src/main/methods/unmixing/score'
import { cubeOf, unmix } from './scene'
import { normalNumbers, uniformNumbers } from './statistics'
import { npySource, readNpy, type Workspace } from './workspace'

const silent = { onProgress: () => undefined, signal: new AbortController().signal }

/** A library with names, as a method takes it. */
export interface NamedLibrary {
  library: SpectraValue
  /** (band, spectrum) in C order. */
  values: Float64Array
  bands: number
  names: string[]
}

/** A library file by the road a person takes: imported, then pruned by angle. */
export async function importPruned(workspace: Workspace, file: string, angle: number): Promise<NamedLibrary> {
  const folder = join(workspace.folder, 'library')
  await mkdir(folder)
  const imported = await matlabImporter.import([file], {}, { ...silent, folder })
  const [bands, spectrum] = imported.axes
  if (bands === undefined) throw new Error(`${file} was imported without a band axis.`)
  const whole: SpectraValue = {
    source: arraySource(imported.array, folder),
    bands,
    labels: spectrum?.labels ?? null,
    from: 'imported by the measurement',
    normalisation: null,
  }
  const context = await workspace.solve(0)
  const prune = findMethod('prune-library')
  const { artifacts } = await prune.solve({ library: whole }, prune.params.parse({ angle }), context)
  const names = artifacts.find(({ name }) => name === 'spectra')?.axes[1]?.labels ?? []
  const source = await npySource(join(context.folder, 'spectra.npy'))
  const { values } = await readNpy(source.path)
  return {
    library: { ...whole, source, labels: names, from: 'pruned by the measurement' },
    values,
    bands: source.shape[0] ?? 0,
    names,
  }
}

/** True abundances (materials, lines, samples) of a scene of library spectra. */
export interface PlantedAbundances {
  values: Float64Array
  lines: number
  samples: number
}

/** Abundances from a MATLAB file whose maps are (line, sample, material). */
export async function importAbundances(workspace: Workspace, file: string): Promise<PlantedAbundances> {
  const folder = join(workspace.folder, 'abundances')
  await mkdir(folder)
  const imported = await matlabImporter.import([file], {}, { ...silent, folder })
  const { values, shape } = await arrayAsFloat64(arraySource(imported.array, folder))
  const [lines = 0, samples = 0, materials = 0] = shape
  const maps = new Float64Array(values.length)
  values.forEach((value, index) => {
    maps[(index % materials) * lines * samples + Math.floor(index / materials)] = value
  })
  return { values: maps, lines, samples }
}

/**
 * A scene of some spectra of a library with white noise: its power is that of the clean scene over 10^(SNR/10), on
 * average over pixels and bands.
 */
export async function libraryScene(
  workspace: Workspace,
  { values, bands, names }: NamedLibrary,
  chosen: readonly number[],
  planted: PlantedAbundances,
  snr: number,
  seed: number,
): Promise<{ cube: CubeValue; truth: ArraySource; names: string[] }> {
  const pixels = planted.lines * planted.samples
  const scene = new Float64Array(pixels * bands)
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    chosen.forEach((spectrum, material) => {
      const share = planted.values[material * pixels + pixel] ?? 0
      for (let band = 0; band < bands; band += 1)
        scene[pixel * bands + band] =
          (scene[pixel * bands + band] ?? 0) + share * (values[band * names.length + spectrum] ?? 0)
    })
  }
  const power = scene.reduce((sum, value) => sum + value * value, 0) / scene.length
  const deviation = Math.sqrt(power / 10 ** (snr / 10))
  const normal = normalNumbers(uniformNumbers(seed))
  const shape = [planted.lines, planted.samples, bands]
  const noisy = scene.map((value) => value + deviation * normal())
  const name = `library-scene-${snr}-${seed}`
  return {
    cube: cubeOf(await workspace.write(`${name}.npy`, shape, noisy)),
    truth: await workspace.write(
      `${name}-truth.npy`,
      [chosen.length, planted.lines, planted.samples],
      planted.values,
    ),
    names: chosen.map((spectrum) => names[spectrum] ?? ''),
  }
}

/** A scene with its truth. */
export type LibraryScene = Awaited<ReturnType<typeof libraryScene>>

/** SRE of estimated abundances (spectra, lines, samples) of such a scene, in decibels, by the app's own score. */
export async function scoreSre(library: NamedLibrary, scene: LibraryScene, path: string): Promise<number> {
  const { scoreCard } = await scoreUnmixing({
    truth: { endmembers: null, abundances: scene.truth, names: scene.names },
    estimate: { endmembers: null, abundances: await npySource(path), names: library.names },
    bands: null,
    normalisation: 'none',
    threads: availableParallelism(),
  })
  return scoreCard?.metrics.find(({ id }) => id === 'sre')?.value ?? Number.NaN
}

/** SRE of a method on such a scene. */
export async function sreOn(
  workspace: Workspace,
  library: NamedLibrary,
  scene: LibraryScene,
  method: string,
  parameters: Record<string, unknown>,
): Promise<number> {
  const inputs = { cube: scene.cube, library: library.library }
  const folder = await unmix(workspace, method, inputs, parameters)
  return scoreSre(library, scene, join(folder, 'abundances.npy'))
}
