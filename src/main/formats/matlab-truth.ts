import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { chosenWord } from './choice-values'
import { materialNamesIn, type MatlabFacts } from './matlab-facts'
import {
  abundanceCandidates,
  endmemberCandidates,
  materialsOfMaps,
  namedLikeTruth,
  type CubeSize,
} from './matlab-roles'
import type { MatlabVariable } from './matlab5-directory'
import { readNumbers } from './matlab5-values'
import { misfit, pixelStrides, type PixelOrder } from './pixel-order'
import type { RandomAccessFile } from './random-access-file'
import type { RealArray } from './real-array'
import { reordered, type StridedView } from './strided-view'
import { counted, grouped, shapeText } from './wording'

/** Maps lie as the cube does, or with lines and samples exchanged. */
export const mapOrientations = ['as-cube', 'transposed'] as const
export type MapOrientation = (typeof mapOrientations)[number]

/** An answer that leaves a part of the truth out. */
const none = 'none'

/** The variables chosen as truth. */
export interface TruthChoice {
  endmembers: MatlabVariable | null
  abundances: MatlabVariable | null
  /** Number of materials; 0 without truth. */
  materials: number
  options: ImportOption[]
  warnings: string[]
}

/**
 * Chooses the truth for a cube: what the choices name, else variables whose names and sizes say so.
 * Throws `invalid-parameter` where a chosen variable does not fit.
 * @param except the variable that is the cube itself.
 */
export function chooseTruth(
  facts: MatlabFacts,
  cube: CubeSize,
  except: string | null,
  choices: ImportChoices,
): TruthChoice {
  const warnings: string[] = []
  const mapsFound = abundanceCandidates(facts, cube, except)
  const spectraFound = endmemberCandidates(facts, cube, except)
  const abundances = chosenVariable(
    facts,
    choices,
    'abundances',
    mapsFound,
    mapsFound.find(({ name }) => namedLikeTruth(name, 'abundances')),
    warnings,
  )
  const materials = abundances === null ? null : materialsOfMaps(abundances.shape, cube)
  const named = spectraFound.filter(({ name }) => namedLikeTruth(name, 'endmembers'))
  const fitting = [...named, ...(materials === null ? [] : spectraFound)].find(
    (variable) => materials === null || materialsOfSpectra(variable, cube) === materials,
  )
  const endmembers = chosenVariable(facts, choices, 'endmembers', spectraFound, fitting, warnings)
  if (endmembers === null && named[0] !== undefined && choices['endmembers'] === undefined) {
    warnings.push(
      `${named[0].name} (${shapeText(named[0].shape)}) has another number of materials than ${abundances?.name ?? 'the maps'} and is not used as truth.`,
    )
  }
  const found = endmembers === null ? null : materialsOfSpectra(endmembers, cube)
  if (found !== null && materials !== null && found !== materials) {
    throw new FiligreeError(
      'invalid-parameter',
      `${endmembers?.name ?? ''} has ${counted(found, 'endmember')} but ${abundances?.name ?? ''} has maps of ${grouped(materials)}. Choose two that belong together.`,
      { field: 'endmembers' },
    )
  }
  return {
    endmembers,
    abundances,
    materials: found ?? materials ?? 0,
    options: [
      truthOption('endmembers', 'True endmembers', spectraFound, endmembers),
      truthOption('abundances', 'True abundances', mapsFound, abundances),
    ],
    warnings,
  }
}

/**
 * The variable that was chosen for a part of the truth, or the guess; null for none. A chosen variable that
 * does not fit the cube (any more, after another choice was changed) is left out with a warning.
 */
function chosenVariable(
  facts: MatlabFacts,
  choices: ImportChoices,
  key: 'endmembers' | 'abundances',
  candidates: readonly MatlabVariable[],
  guess: MatlabVariable | undefined,
  warnings: string[],
): MatlabVariable | null {
  const words = [none, ...facts.directory.variables.map(({ name }) => name)]
  const name = chosenWord(choices, key, words, guess?.name ?? none)
  const found = candidates.find((candidate) => candidate.name === name) ?? null
  if (found === null && name !== none) {
    const shape = facts.directory.variables.find((variable) => variable.name === name)?.shape ?? []
    warnings.push(`${name} (${shapeText(shape)}) does not fit this cube and is not used as true ${key}.`)
  }
  return found
}

function materialsOfSpectra(variable: MatlabVariable, cube: CubeSize): number {
  const [rows = 0, columns = 0] = variable.shape
  return rows === cube.bands ? columns : rows
}

function truthOption(
  key: 'endmembers' | 'abundances',
  title: string,
  candidates: readonly MatlabVariable[],
  chosen: MatlabVariable | null,
): ImportOption {
  return {
    key,
    title,
    help: `The variable that holds the known ${key} of the scene, for scoring. They are kept with the dataset.`,
    type: 'choice',
    choices: [
      { value: none, title: 'None' },
      ...candidates.map(({ name, shape }) => ({ value: name, title: `${name} (${shapeText(shape)})` })),
    ],
    value: chosen?.name ?? none,
  }
}

/** The truth of a scene as views of the numbers that were read. */
export interface TruthViews {
  /** (bands, p, 1) */
  endmembers: StridedView | null
  /** (p, lines, samples) */
  abundances: StridedView | null
  names: readonly string[]
  /** Present where the orientation of the maps can be chosen. */
  orientation: MapOrientation | null
  orientationOption: ImportOption[]
  /** How the orientation was told, as a sentence; null where nothing was to be told. */
  reason: string | null
}

/** The maps of a variable as (lines, samples, p), in the order of the cube's own pixels. */
export function mapsView(
  variable: MatlabVariable,
  values: RealArray,
  cube: CubeSize,
  order: PixelOrder,
): StridedView {
  const [first = 0, second = 0, third] = variable.shape
  const { lines, samples } = cube
  if (third === undefined) {
    const materialsFirst = second === lines * samples
    const [line, sample] = pixelStrides(order, lines, samples)
    const [material, pixel] = materialsFirst ? [1, first] : [first, 1]
    return {
      values,
      shape: [lines, samples, materialsFirst ? first : second],
      strides: [line * pixel, sample * pixel, material],
    }
  }
  const axes = [0, 1, 2]
  const take = (size: number): number => {
    const at = axes.findIndex((axis) => variable.shape[axis] === size)
    return axes.splice(at, 1)[0] ?? 0
  }
  const lineAxis = take(lines)
  const sampleAxis = take(samples)
  const stored: StridedView = { values, shape: [first, second, third], strides: [1, first, first * second] }
  return reordered(stored, [lineAxis, sampleAxis, axes[0] ?? 0])
}

/**
 * Reads the chosen truth. Where a cube is given, the maps are turned so that they explain it best, unless
 * the choices say how they lie.
 * @param cubeView (line, sample, band); any bands of the scene will do.
 */
export async function readTruth(
  file: RandomAccessFile,
  facts: MatlabFacts,
  truth: TruthChoice,
  scene: { size: CubeSize; order: PixelOrder; cubeView: StridedView | null },
  choices: ImportChoices,
): Promise<TruthViews> {
  const { size, order, cubeView } = scene
  const { endmembers, abundances, materials } = truth
  const names =
    materialNamesIn(facts, materials) ??
    Array.from({ length: materials }, (_, index) => `Endmember ${String(index + 1)}`)
  const views: TruthViews = {
    endmembers: null,
    abundances: null,
    names,
    orientation: null,
    orientationOption: [],
    reason: null,
  }
  if (endmembers !== null) {
    const values = await readNumbers(file, facts.directory, endmembers)
    const [rows = 0, columns = 0] = endmembers.shape
    views.endmembers =
      rows === size.bands
        ? { values, shape: [rows, columns, 1], strides: [1, rows, 0] }
        : { values, shape: [columns, rows, 1], strides: [rows, 1, 0] }
  }
  if (abundances !== null) {
    const values = await readNumbers(file, facts.directory, abundances)
    const asCube = mapsView(abundances, values, size, order)
    const transposed = transposedMaps(abundances, values, size, order)
    const guess = guessOrientation(cubeView, asCube, transposed)
    views.orientation =
      transposed === null
        ? 'as-cube'
        : chosenWord(choices, 'mapOrientation', mapOrientations, guess.orientation)
    const maps = views.orientation === 'transposed' && transposed !== null ? transposed : asCube
    views.abundances = reordered(maps, [2, 0, 1])
    views.orientationOption = transposed === null ? [] : [orientationOption(views.orientation)]
    views.reason = guess.reason
  }
  return views
}

/** The maps with lines and samples exchanged; null where the sizes allow one way only. */
function transposedMaps(
  variable: MatlabVariable,
  values: RealArray,
  size: CubeSize,
  order: PixelOrder,
): StridedView | null {
  if (variable.shape.length === 2) {
    return mapsView(variable, values, size, order === 'column-major' ? 'row-major' : 'column-major')
  }
  return size.lines === size.samples ? reordered(mapsView(variable, values, size, order), [1, 0, 2]) : null
}

function guessOrientation(
  cube: StridedView | null,
  asCube: StridedView,
  transposed: StridedView | null,
): { orientation: MapOrientation; reason: string | null } {
  const straight = cube === null || transposed === null ? null : misfit(cube, asCube)
  const turned = cube === null || transposed === null ? null : misfit(cube, transposed)
  if (straight === null || turned === null) return { orientation: 'as-cube', reason: null }
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`
  const orientation = turned < 0.8 * straight ? 'transposed' : 'as-cube'
  return {
    orientation,
    reason: `The true abundances leave ${percent(straight)} of the scene's variation unexplained as they lie and ${percent(turned)} with lines and samples exchanged; they are taken ${orientation === 'as-cube' ? 'as they lie' : 'exchanged'}.`,
  }
}

function orientationOption(value: MapOrientation): ImportOption {
  return {
    key: 'mapOrientation',
    title: 'Orientation of the true maps',
    help: 'Whether the maps lie as the cube does. A wrong answer makes every score bad.',
    type: 'choice',
    choices: [
      { value: 'as-cube', title: 'As the cube' },
      { value: 'transposed', title: 'Lines and samples exchanged' },
    ],
    value,
  }
}
