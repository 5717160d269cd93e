import { z } from 'zod'
import type { ArraySource, Axis } from '../../../shared/array'
import type { Dataset } from '../../../shared/dataset'
import { FiligreeError } from '../../../shared/failure'
import {
  input,
  output,
  type CubeValue,
  type SolveContext,
  type SolveResult,
  type SpectraValue,
} from '../../../shared/method'
import { arrayAsFloat64, readNpyHeader } from '../../formats'
import { callNative, type CubeInput, type Info, type NativeAddon, type NativeContext } from '../native'
import { join } from 'node:path'
import { checkGivenSpectra, spectraCount } from './given-spectra'
import { mixtureArtifacts, unmixingOutputs } from './outputs'
import { axisSize, bandCount, checkCube, cubeInput, plainAxis, type Preparation } from './preparation'
import { solveResult } from './result'

/** The inputs of every method with a library. */
export const libraryInputs = {
  cube: input.cube(),
  library: input.spectra({
    title: 'Library',
    help: 'Spectra of materials that may be in the scene, on the bands of the scene: a library that was imported, resampled or pruned.',
  }),
}

const { simplex: _leftOut, ...mixtureOutputs } = unmixingOutputs

/** The outputs of every method with a library. */
export const libraryOutputs = {
  active: output.table({
    title: 'Active spectra',
    help: 'Spectra of the library by falling mean abundance: what the scene is made of, before any map is looked at.',
  }),
  ...mixtureOutputs,
}

/** λ of methods that weigh the abundances one by one. */
export const abundanceSparsity = z.number().min(0).max(1e6).default(0.01).meta({
  title: 'Sparsity',
  symbol: 'λ',
  help: 'Weight of the sum of abundances. More leaves fewer spectra.',
  logarithmic: true,
})

/** Stopping rule of methods that alternate directions. */
export const pixelStopping = {
  tolerance: z.number().positive().max(0.1).default(1e-4).meta({
    title: 'Tolerance',
    help: 'For ADMM: residual, root mean square over the abundances of all pixels together, at which it ends. 0.0001 is what the published experiments use.',
    group: 'Stopping',
    advanced: true,
    logarithmic: true,
  }),
  maxIterations: z.int().min(1).max(1_000_000).default(2000).meta({
    title: 'Most iterations',
    help: 'For ADMM.',
    group: 'Stopping',
    advanced: true,
  }),
}

/**
 * Refuses, before anything starts, a library that does not fit the scene: another number of bands, or the same
 * number at other wavelengths; the remedy is named.
 */
export function checkLibrary(dataset: Dataset, preparation: Preparation, library: SpectraValue): void {
  const bands = library.source.shape[0] ?? 0
  const all = axisSize(dataset, 2)
  const kept = bandCount(dataset, preparation)
  if (bands !== all && bands !== kept) {
    const expected = kept === all ? `${all}` : `${all} (of which ${kept} are kept)`
    throw new FiligreeError(
      'invalid-data',
      `The library ${library.from} has ${bands} bands, the cube '${dataset.name}' has ${expected}: it is ${bands > all ? 'wider or finer' : 'narrower or coarser'} than the scene. Run 'resample-library' with this cube first, and give its spectra as the library.`,
      { field: 'library' },
    )
  }
  checkGivenSpectra(dataset, preparation, library)
  if (bands === all) checkWavelengths(dataset, library)
}

function checkWavelengths(dataset: Dataset, library: SpectraValue): void {
  const own = library.bands.coordinates
  const axis = dataset.axes[2]
  const scene = axis?.coordinates
  if (own === null || scene === null || scene === undefined || axis === undefined) return
  const factor = unitFactor(library.bands.unit, axis.unit)
  if (factor === null) return
  const spacing = (Math.max(...scene) - Math.min(...scene)) / Math.max(1, scene.length - 1)
  const band = scene.findIndex((value, index) => Math.abs((own[index] ?? 0) * factor - value) > spacing)
  if (band < 0) return
  throw new FiligreeError(
    'invalid-data',
    `Library and scene both have ${scene.length} bands, but not the same ones: band ${band} (counted from 0) lies at ${own[band]} ${library.bands.unit ?? ''} in the library ${library.from} and at ${scene[band]} ${axis.unit ?? ''} in '${dataset.name}'. Run 'resample-library' with this cube first.`,
    { field: 'library' },
  )
}

/** What turns wavelengths of one unit into another; null where that is not known. */
export function unitFactor(from: string | null, to: string | null): number | null {
  const metres: Record<string, number> = { m: 1, cm: 1e-2, mm: 1e-3, µm: 1e-6, nm: 1e-9, Å: 1e-10 }
  if (from === to) return 1
  const [a, b] = [metres[from ?? ''], metres[to ?? '']]
  return a === undefined || b === undefined ? null : Number((a / b).toPrecision(12))
}

interface LibraryValues {
  cube: CubeValue
  library: SpectraValue
}

/** Refuses a scene that cannot be unmixed so, and a library that does not fit it. */
export function checkLibraryInputs({ cube, library }: LibraryValues, preparation: Preparation): void {
  checkCube(cube.dataset, preparation, null)
  checkLibrary(cube.dataset, preparation, library)
}

/** Calls a native method with the scene as it is to be seen and the library, and makes its result. */
export async function solveWithLibrary(
  { cube, library }: LibraryValues,
  preparation: Preparation,
  context: SolveContext,
  call: (native: NativeAddon, cube: CubeInput, library: ArraySource, context: NativeContext) => Promise<Info>,
): Promise<SolveResult> {
  const info = await callNative(context, (native, nativeContext) =>
    call(native, cubeInput(cube, preparation), library.source, nativeContext),
  )
  return libraryResult(info, cube.dataset, preparation, library, context)
}

/** The result of a method with a library: maps carry the names of the spectra, rows of `active` too. */
async function libraryResult(
  info: Info,
  dataset: Dataset,
  preparation: Preparation,
  library: SpectraValue,
  context: SolveContext,
): Promise<SolveResult> {
  const count = spectraCount(library)
  const labels = library.labels ?? Array.from({ length: count }, (_, index) => `Spectrum ${index + 1}`)
  const artifacts = mixtureArtifacts(dataset, preparation, count, labels)
  const map = artifacts.find(({ name }) => name === 'residual')?.axes ?? []
  return solveResult(info, [
    ...(info.files.includes('active.npy') ? [await activeTable(context.folder, labels)] : []),
    ...artifacts,
    { name: 'superpixels', axes: map },
  ])
}

async function activeTable(
  folder: string,
  labels: readonly string[],
): Promise<{ name: string; axes: Axis[] }> {
  const path = join(folder, 'active.npy')
  const { values, shape } = await arrayAsFloat64({ ...(await readNpyHeader(path)), path })
  const [rows = 0, columns = 0] = shape
  const order = Array.from({ length: rows }, (_, row) => labels[values[row * columns] ?? 0] ?? '')
  return {
    name: 'active',
    axes: [
      { ...plainAxis('spectrum', rows), labels: order },
      {
        ...plainAxis('quantity', columns),
        labels: [
          'Number in the library (from 0)',
          'Mean abundance',
          'Largest abundance',
          'Share of pixels above 1 %',
        ],
      },
    ],
  }
}
