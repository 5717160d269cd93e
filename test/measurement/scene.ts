import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { arraySource } from '../../src/main/formats'
import { matlabImporter } from '../../src/main/formats/matlab'
import { truthFromFile } from '../../src/main/formats/truth-from-file'
import { findMethod } from '../../src/main/methods'
import { rowMajorStrides, type ArraySource, type Axis } from '../../src/shared/array'
import { plainNumbers, type Dataset } from '../../src/shared/dataset'
import type { CubeValue, InputValue, SpectraValue } from '../../src/shared/method'
import { npySource, readNpy, type Workspace } from './workspace'

/** A cube with its truth: endmembers (bands, p), abundances (p, lines, samples). */
export interface Scene {
  cube: CubeValue
  truth: { endmembers: ArraySource; abundances: ArraySource }
}

const silent = { onProgress: () => undefined, signal: new AbortController().signal }

/** The Samson scene by the road a person takes: the cube of one file, the truth of the other. */
export async function importSamson(
  workspace: Workspace,
  cubeFile: string,
  truthFile: string,
): Promise<Scene> {
  const folder = join(workspace.folder, 'samson')
  await mkdir(folder)
  const imported = await matlabImporter.import([cubeFile], {}, { ...silent, folder })
  const source = arraySource(imported.array, folder)
  const { truth } = await truthFromFile(truthFile, source, {}, { ...silent, folder })
  if (truth.endmembers === null || truth.abundances === null) {
    throw new Error(`${truthFile} was read without endmembers or without abundances.`)
  }
  const dataset: Dataset = {
    ...imported,
    truth,
    schema: 1,
    id: 'samson',
    name: 'Samson',
    createdAt: '2026-01-01T00:00:00.000Z',
  }
  return {
    cube: { dataset, source },
    truth: {
      endmembers: arraySource(truth.endmembers, folder),
      abundances: arraySource(truth.abundances, folder),
    },
  }
}

/** A scene of the app's own generator; `parameters` as its form has them. */
export async function generateScene(
  workspace: Workspace,
  parameters: Record<string, unknown>,
  seed: number,
): Promise<Scene> {
  const context = await workspace.solve(seed)
  const generator = findMethod('synthetic-scene', 'generator')
  await generator.solve({}, generator.params.parse(parameters), context)
  const at = (name: string) => npySource(join(context.folder, `${name}.npy`))
  return {
    cube: cubeOf(await at('cube')),
    truth: { endmembers: await at('endmembers'), abundances: await at('abundances') },
  }
}

/** An array (lines, samples, bands) as a cube without a history. */
export function cubeOf(source: ArraySource): CubeValue {
  const names = ['line', 'sample', 'band']
  const axes = source.shape.map((size, axis): Axis => ({
    name: names[axis] ?? '',
    size,
    unit: null,
    coordinates: null,
    labels: null,
  }))
  const dataset: Dataset = {
    schema: 1,
    id: 'measured',
    name: 'Measured scene',
    kind: 'cube',
    createdAt: '2026-01-01T00:00:00.000Z',
    origin: { type: 'file', format: 'npy', files: [], choices: {} },
    array: { ...source, location: 'external', file: source.path, bytes: 0, sha256: null, modifiedAt: null },
    axes,
    ...plainNumbers,
    parts: {},
    summary: null,
    notes: [],
  }
  return { dataset, source }
}

/** Bands of an array of spectra (bands, p), without wavelengths. */
function bandsOf({ shape: [size = 0] }: ArraySource): Axis {
  return { name: 'band', size, unit: null, coordinates: null, labels: null }
}

/** Spectra that were not made by a run. */
export function givenSpectra(source: ArraySource): SpectraValue {
  return {
    source,
    bands: bandsOf(source),
    labels: null,
    from: 'given by the measurement',
    normalisation: null,
  }
}

/**
 * Spectra an unmixing method left in a folder, made from pixels of unit length. VCA projects its picks, so they
 * may lie a little below zero where the scene is dark: those values become zero, as SS-NMF needs them.
 */
export async function startFrom(workspace: Workspace, folder: string): Promise<SpectraValue> {
  const { values, shape } = await readNpy(join(folder, 'endmembers.npy'))
  const source = await workspace.write(
    `start-of-${basename(folder)}.npy`,
    shape,
    values.map((value) => Math.max(0, value)),
  )
  return {
    source,
    bands: bandsOf(source),
    labels: null,
    from: 'of an earlier solve',
    normalisation: 'unit-length',
  }
}

/** Runs a method of the catalogue, defaults filled in; returns the folder with its outputs. */
export async function unmix(
  workspace: Workspace,
  method: string,
  inputs: Record<string, InputValue | null>,
  parameters: Record<string, unknown>,
  seed = 0,
  threads?: number,
): Promise<string> {
  const { params, solve } = findMethod(method)
  const context = await workspace.solve(seed, threads)
  await solve(inputs, params.parse(parameters), context)
  return context.folder
}

/** A source of a whole array in C order at the start of a raw file. */
export function rawSource(path: string, dtype: ArraySource['dtype'], shape: number[]): ArraySource {
  return { path, dtype, byteOrder: 'little', offset: 0, shape, strides: rowMajorStrides(shape) }
}
