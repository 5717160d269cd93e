import { elementCount } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import type { MatlabFacts } from './matlab-facts'
import type { MatlabVariable } from './matlab5-directory'
import { listed, shapeText } from './wording'

/** How a cube lies in a two-dimensional variable. */
export const matrixLayouts = ['bands-pixels', 'pixels-bands'] as const
export type MatrixLayout = (typeof matrixLayouts)[number]

const cubeNames = /^(v|y|cube|data|img|image|hsi|hyperimg|scene|x3d|reflectance|radiance)$|hyper|cube/i
const endmemberNames = /^(m|e|gt|em|ems|endm\w*|m_?gt|e_?gt|gt_?m|signatures?|spectra)$/i
const abundanceNames = /^(a|s|s_?gt|a_?gt|gt_?[as]|abund\w*|x_?true|maps?)$/i
/** More than this many materials is a library, not a truth. */
const mostMaterials = 64

/** Real dense arrays with two or three axes longer than one. */
function arraysIn(facts: MatlabFacts): MatlabVariable[] {
  return facts.directory.variables.filter(
    ({ dtype, complex, shape }) =>
      dtype !== null &&
      !complex &&
      (shape.length === 2 || shape.length === 3) &&
      shape.every((size) => size > 1),
  )
}

/** Variables that may be the cube, the likeliest first. Throws `invalid-file` where the file holds something else. */
export function cubeCandidates(facts: MatlabFacts, fileName: string): MatlabVariable[] {
  const { hints, directory } = facts
  const arrays = arraysIn(facts)
  const sceneLike = hints.pixels !== null || arrays.some(({ shape }) => shape.length === 3)
  const sparse = directory.variables.find(({ className }) => className === 'sparse')
  if (sparse !== undefined && !sceneLike) {
    throw new FiligreeError(
      'invalid-file',
      `${fileName} holds a sparse matrix (${sparse.name}, ${shapeText(sparse.shape)}), not a scene. Matrices cannot be imported yet; choose a file with a cube.`,
    )
  }
  if (arrays.length === 0) throw noCube(facts, fileName)
  const score = (variable: MatlabVariable): number => {
    const { name, shape } = variable
    const fitsHints =
      hints.pixels !== null &&
      (shape.length === 2
        ? shape.includes(hints.pixels)
        : shape.includes(hints.lines ?? -1) && shape.includes(hints.samples ?? -1))
    const truthLike = endmemberNames.test(name) || abundanceNames.test(name)
    return (
      elementCount(shape) *
      (fitsHints ? 16 : 1) *
      (shape.length === 3 ? 4 : 1) *
      (cubeNames.test(name) ? 8 : 1) *
      (truthLike ? 1 / 16 : 1)
    )
  }
  return arrays.sort((a, b) => score(b) - score(a))
}

function noCube(facts: MatlabFacts, fileName: string): FiligreeError {
  const found = facts.directory.variables
    .slice(0, 6)
    .map(
      ({ name, shape, className, complex }) =>
        `${name} (${shapeText(shape)}${complex ? ' complex' : ''} ${className})`,
    )
  return new FiligreeError(
    'invalid-file',
    found.length === 0
      ? `${fileName} is a MATLAB file without variables.`
      : `${fileName} holds no cube: no variable is a real array with two or three axes. It has ${listed(found)}.`,
  )
}

/** Which axis of a two-dimensional cube is which; the larger one is pixels where nothing else tells. */
export function guessMatrixLayout(variable: MatlabVariable, facts: MatlabFacts): MatrixLayout {
  const [rows = 0, columns = 0] = variable.shape
  const { pixels, bands } = facts.hints
  if (columns === pixels || rows === bands) return 'bands-pixels'
  if (rows === pixels || columns === bands) return 'pixels-bands'
  return rows > columns ? 'pixels-bands' : 'bands-pixels'
}

export interface SceneSize {
  lines: number
  samples: number
  /** Where the size comes from, as it reads after "The size of the scene". */
  source: 'file' | 'maps' | 'guess'
}

/** Lines and samples of so many pixels: as the file names them, as maps in it have them, or near to square. */
export function guessSceneSize(pixels: number, facts: MatlabFacts): SceneSize {
  const { lines, samples } = facts.hints
  if (lines !== null && samples !== null && lines * samples === pixels)
    return { lines, samples, source: 'file' }
  if (lines !== null && pixels % lines === 0) return { lines, samples: pixels / lines, source: 'file' }
  if (samples !== null && pixels % samples === 0) return { lines: pixels / samples, samples, source: 'file' }
  for (const { shape } of arraysIn(facts)) {
    const [first = 0, second = 0, third] = shape
    if (third !== undefined && first * second === pixels)
      return { lines: first, samples: second, source: 'maps' }
  }
  const [smaller, larger] = nearestToSquare(pixels)
  return { lines: smaller, samples: larger, source: 'guess' }
}

/** The two factors of a number that lie nearest together. */
export function nearestToSquare(pixels: number): [number, number] {
  for (let side = Math.floor(Math.sqrt(pixels)); side > 1; side -= 1) {
    if (pixels % side === 0) return [side, pixels / side]
  }
  return [1, pixels]
}

/** Size of the cube that truth is looked for. */
export interface CubeSize {
  lines: number
  samples: number
  bands: number
}

/** Variables that may hold true endmembers (bands × p or p × bands), the likeliest first. */
export function endmemberCandidates(
  facts: MatlabFacts,
  cube: CubeSize,
  except: string | null,
): MatlabVariable[] {
  return arraysIn(facts)
    .filter(({ name, shape }) => {
      const [rows = 0, columns = 0] = shape
      const materials = rows === cube.bands ? columns : columns === cube.bands ? rows : Infinity
      return name !== except && shape.length === 2 && materials <= mostMaterials
    })
    .sort((a, b) => Number(endmemberNames.test(b.name)) - Number(endmemberNames.test(a.name)))
}

/** Variables that may hold true abundances (p × pixels, pixels × p, or maps in any axis order), the likeliest first. */
export function abundanceCandidates(
  facts: MatlabFacts,
  cube: CubeSize,
  except: string | null,
): MatlabVariable[] {
  return arraysIn(facts)
    .filter(({ name, shape }) => name !== except && materialsOfMaps(shape, cube) !== null)
    .sort((a, b) => Number(abundanceNames.test(b.name)) - Number(abundanceNames.test(a.name)))
}

/** Number of materials of an array of abundances that fits the cube; null where it does not. */
export function materialsOfMaps(shape: readonly number[], cube: CubeSize): number | null {
  const pixels = cube.lines * cube.samples
  const [first = 0, second = 0, third] = shape
  const materials =
    third === undefined
      ? second === pixels
        ? first
        : first === pixels
          ? second
          : null
      : mapsOfCube(shape, cube)
  return materials !== null && materials <= mostMaterials ? materials : null
}

function mapsOfCube(shape: readonly number[], cube: CubeSize): number | null {
  const rest = [...shape]
  for (const size of [cube.lines, cube.samples]) {
    const at = rest.indexOf(size)
    if (at < 0) return null
    rest.splice(at, 1)
  }
  return rest[0] ?? null
}

/** Whether a name alone makes a variable truth without being asked. */
export function namedLikeTruth(name: string, part: 'endmembers' | 'abundances'): boolean {
  return (part === 'endmembers' ? endmemberNames : abundanceNames).test(name)
}
