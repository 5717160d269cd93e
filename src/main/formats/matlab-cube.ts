import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { axisOrderOption, axisOrders, guessAxisOrder, inCubeOrder } from './axis-order'
import { chosenCount, chosenWord } from './choice-values'
import type { MatlabFacts } from './matlab-facts'
import {
  cubeCandidates,
  guessMatrixLayout,
  guessSceneSize,
  matrixLayouts,
  nearestToSquare,
  type CubeSize,
  type MatrixLayout,
  type SceneSize,
} from './matlab-roles'
import type { MatlabVariable } from './matlab5-directory'
import { pixelOrders, pixelStrides, type PixelOrder } from './pixel-order'
import type { RealArray } from './real-array'
import type { StridedView } from './strided-view'
import { grouped, shapeText } from './wording'

/** How the chosen variable becomes a cube. */
export interface CubeArrangement {
  variable: MatlabVariable
  size: CubeSize
  /** Why lines × samples do not fit the pixels of the variable, as a sentence; null where they do. */
  problem: string | null
  warnings: string[]
  /** Only a matrix (bands and pixels) leaves the order of its pixels open. */
  pixelOrderOpen: boolean
  /** The variable's numbers as (line, sample, band). */
  viewOf(values: RealArray, order: PixelOrder): StridedView
  /** Questions and their present answers; the order of the pixels is asked with the answer given. */
  options(order: PixelOrder): ImportOption[]
}

/** Chooses the cube's variable and its arrangement from the choices, guessing what they leave open. */
export function arrangeCube(facts: MatlabFacts, choices: ImportChoices, fileName: string): CubeArrangement {
  const candidates = cubeCandidates(facts, fileName)
  const names = candidates.map(({ name }) => name)
  const name = chosenWord(choices, 'cube', names, names[0] ?? '')
  const variable = candidates.find((candidate) => candidate.name === name)
  if (variable === undefined) throw new RangeError(`No variable ${name}`)
  const cubeOption: ImportOption = {
    key: 'cube',
    title: 'Cube',
    help: 'The variable that holds the scene.',
    type: 'choice',
    choices: candidates.map((candidate) => ({
      value: candidate.name,
      title: `${candidate.name} (${shapeText(candidate.shape)})`,
    })),
    value: variable.name,
  }
  return variable.shape.length === 3
    ? arrangeArray(variable, facts, choices, cubeOption)
    : arrangeMatrix(variable, facts, choices, cubeOption)
}

function arrangeArray(
  variable: MatlabVariable,
  facts: MatlabFacts,
  choices: ImportChoices,
  cubeOption: ImportOption,
): CubeArrangement {
  const { shape } = variable
  const axisOrder = chosenWord(choices, 'axisOrder', axisOrders, guessAxisOrder(shape, facts.hints))
  const [lines, samples, bands] = inCubeOrder(axisOrder, shape)
  const strides = inCubeOrder(axisOrder, [1, shape[0] ?? 0, (shape[0] ?? 0) * (shape[1] ?? 0)])
  return {
    variable,
    size: { lines, samples, bands },
    problem: null,
    warnings: [],
    pixelOrderOpen: false,
    viewOf: (values) => ({ values, shape: [lines, samples, bands], strides }),
    options: () => [cubeOption, axisOrderOption(shape, axisOrder)],
  }
}

function arrangeMatrix(
  variable: MatlabVariable,
  facts: MatlabFacts,
  choices: ImportChoices,
  cubeOption: ImportOption,
): CubeArrangement {
  const [rows = 0, columns = 0] = variable.shape
  const layout = chosenWord(choices, 'layout', matrixLayouts, guessMatrixLayout(variable, facts))
  const [bands, pixels] = layout === 'bands-pixels' ? [rows, columns] : [columns, rows]
  const guess = completedSize(pixels, guessSceneSize(pixels, facts), choices)
  const lines = chosenCount(choices, 'lines', guess.lines)
  const samples = chosenCount(choices, 'samples', guess.samples)
  const guessed =
    guess.source === 'guess' && choices['lines'] === undefined && choices['samples'] === undefined
  return {
    variable,
    size: { lines, samples, bands },
    problem: lines * samples === pixels ? null : sizeProblem(variable.name, lines, samples, pixels, guess),
    warnings: guessed
      ? [
          `The file does not say how many lines and samples the ${grouped(pixels)} pixels of ${variable.name} are; ${grouped(lines)} × ${grouped(samples)} is a guess.`,
        ]
      : [],
    pixelOrderOpen: true,
    viewOf: (values, order) => {
      const [line, sample] = pixelStrides(order, lines, samples)
      const [band, pixel] = layout === 'bands-pixels' ? [1, rows] : [rows, 1]
      return { values, shape: [lines, samples, bands], strides: [line * pixel, sample * pixel, band] }
    },
    options: (order) => [
      cubeOption,
      layoutOption(variable, layout),
      ...sizeOptions(lines, samples),
      orderOption(order),
    ],
  }
}

/** Where only one of lines and samples was chosen, the other one follows from the pixels. */
function completedSize(pixels: number, guess: SceneSize, choices: ImportChoices): SceneSize {
  const lines = choices['lines'] === undefined ? null : chosenCount(choices, 'lines', 1)
  const samples = choices['samples'] === undefined ? null : chosenCount(choices, 'samples', 1)
  if (lines !== null && samples === null && pixels % lines === 0)
    return { ...guess, lines, samples: pixels / lines }
  if (samples !== null && lines === null && pixels % samples === 0)
    return { ...guess, lines: pixels / samples, samples }
  return guess
}

function sizeProblem(name: string, lines: number, samples: number, pixels: number, guess: SceneSize): string {
  const fitting =
    guess.lines * guess.samples === pixels ? ([guess.lines, guess.samples] as const) : nearestToSquare(pixels)
  return `${grouped(lines)} × ${grouped(samples)} = ${grouped(lines * samples)} but ${name} has ${grouped(pixels)} pixels; ${fitting.map(grouped).join(' × ')} fits.`
}

function layoutOption(variable: MatlabVariable, layout: MatrixLayout): ImportOption {
  const [rows = 0, columns = 0] = variable.shape
  return {
    key: 'layout',
    title: 'Layout',
    help: 'Which side of the matrix is the spectrum.',
    type: 'choice',
    choices: [
      { value: 'bands-pixels', title: `${grouped(rows)} bands × ${grouped(columns)} pixels` },
      { value: 'pixels-bands', title: `${grouped(rows)} pixels × ${grouped(columns)} bands` },
    ],
    value: layout,
  }
}

function sizeOptions(lines: number, samples: number): ImportOption[] {
  return [
    {
      key: 'lines',
      title: 'Lines',
      help: 'Rows of the picture.',
      type: 'integer',
      choices: [],
      value: lines,
    },
    {
      key: 'samples',
      title: 'Samples',
      help: 'Columns of the picture.',
      type: 'integer',
      choices: [],
      value: samples,
    },
  ]
}

function orderOption(order: PixelOrder): ImportOption {
  const titles: Readonly<Record<PixelOrder, string>> = {
    'column-major': 'Column by column (MATLAB)',
    'row-major': 'Row by row (Python, C)',
  }
  return {
    key: 'pixelOrder',
    title: 'Pixel order',
    help: 'How the picture was put into one row of pixels. With the wrong order it looks transposed or torn, and a solver seems to fail.',
    type: 'choice',
    choices: pixelOrders.map((value) => ({ value, title: titles[value] })),
    value: order,
  }
}
