import type { Axis } from '../../../shared/array'
import { FiligreeError } from '../../../shared/failure'
import { input, type MatrixValue, type SolveContext, type SolveResult } from '../../../shared/method'
import { callNative, type SolveSystemParams } from '../native'
import { solveResult } from '../solve-result'
import { factorInput } from './solve-parameters'
import { systemCount, systemInput } from './system-input'

/** What a method passes on of its parameters; the rest keeps its default, which it then makes no use of. */
export type SolveChoices = Partial<
  Omit<SolveSystemParams, 'system' | 'solver' | 'preconditioner' | 'shape'>
> &
  Partial<Omit<SolveSystemParams['preconditioner'], 'kind'>> & {
    /** Counted from 1, as a person does. */
    system: number
    preconditioner?: SolveSystemParams['preconditioner']['kind']
  }

/** Refuses a system that is not in the sequence, and a right-hand side that is not in the dataset. */
export function checkProblem(
  { dataset, parts }: Pick<MatrixValue, 'dataset' | 'parts'>,
  { system, rightHandSide }: { system: number; rightHandSide: string },
): void {
  const systems = systemCount({ parts })
  if (system > systems)
    throw new FiligreeError(
      'invalid-parameter',
      `System ${system} was asked for, and '${dataset.name}' has ${systems === 1 ? 'one' : systems}.`,
      { field: 'system' },
    )
  if (rightHandSide === 'given' && parts['rightHandSide'] === undefined)
    throw new FiligreeError(
      'invalid-parameter',
      `'${dataset.name}' came without a right-hand side. Choose ones, random or manufactured, or import it with one.`,
      { field: 'rightHandSide' },
    )
}

/** Refuses, besides, a matrix that is not square. */
export function checkSquareProblem(
  matrix: Pick<MatrixValue, 'dataset' | 'parts'>,
  parameters: { system: number; rightHandSide: string },
): void {
  const [rows, columns] = matrix.dataset.axes
  if (rows?.size !== columns?.size)
    throw new FiligreeError(
      'invalid-data',
      `'${matrix.dataset.name}' has ${rows?.size} rows and ${columns?.size} columns; this method needs a square matrix. LSQR, LSMR and sparse QR solve it in the least-squares sense.`,
      { field: 'matrix' },
    )
  checkProblem(matrix, parameters)
}

/** Refuses an imported preconditioner without a factor. */
function checkFactor(factor: MatrixValue | null, { preconditioner }: { preconditioner: string }): void {
  if (preconditioner !== 'imported' || factor !== null) return
  throw new FiligreeError(
    'invalid-parameter',
    'No factor was given. Choose a matrix as the input ‘Factor’: L alone for L Lᴴ, or a sequence of L and U; or choose another preconditioner.',
    { field: 'preconditioner' },
  )
}

/** Inputs of an iteration that may be preconditioned. */
export const preconditionedInputs = { matrix: input.matrix(), factor: factorInput }

/** Refuses what no preconditioned iteration can solve. */
export function checkPreconditioned(
  { matrix, factor }: { matrix: MatrixValue; factor: MatrixValue | null },
  parameters: { system: number; rightHandSide: string; preconditioner: string },
): void {
  checkSquareProblem(matrix, parameters)
  checkFactor(factor, parameters)
}

/** Solves one system of a matrix dataset natively. */
export async function solveSystem(
  matrix: MatrixValue,
  solver: SolveSystemParams['solver'],
  choices: SolveChoices,
  context: SolveContext,
  factor: MatrixValue | null = null,
): Promise<SolveResult> {
  const grid = solutionAxes(matrix)
  const info = await callNative(context, (native, nativeContext) =>
    native.solveSystem(
      systemInput(matrix),
      factor === null ? null : systemInput(factor),
      solveSystemParams(
        solver,
        choices,
        grid.map(({ size }) => size),
      ),
      nativeContext,
    ),
  )
  const complex = matrix.source.dtype.startsWith('complex') ? [partAxis] : []
  return solveResult(info, [
    { name: 'solution', axes: [...complex, ...grid] },
    { name: 'error', axes: [...complex, ...grid] },
    { name: 'ritzValues', axes: planeAxes('Ritz value', info.figures['ritzValues']) },
    {
      name: 'harmonicRitzValues',
      axes: planeAxes('harmonic Ritz value', info.figures['harmonicRitzValues']),
    },
    { name: 'hierarchy', axes: hierarchyAxes(info.figures['levels']) },
  ])
}

/** Everything the addon asks for, where a method has no parameter for it from here. */
export function solveSystemParams(
  solver: SolveSystemParams['solver'],
  choices: SolveChoices,
  shape: number[],
): SolveSystemParams {
  return {
    system: choices.system - 1,
    rightHandSide: choices.rightHandSide ?? 'automatic',
    solver,
    relativeTolerance: choices.relativeTolerance ?? 1e-8,
    maxIterations: choices.maxIterations ?? 10_000,
    residualInterval: choices.residualInterval ?? 1,
    restart: choices.restart ?? 40,
    shadowDimension: choices.shadowDimension ?? 4,
    deflationVectors: choices.deflationVectors ?? 16,
    preconditioner: {
      kind: choices.preconditioner ?? 'none',
      relaxation: choices.relaxation ?? 1,
      shift: choices.shift ?? 0,
      dropTolerance: choices.dropTolerance ?? 1e-3,
      fill: choices.fill ?? 20,
      cycle: choices.cycle ?? 'v',
      smoother: choices.smoother ?? 'gauss-seidel',
      sweeps: choices.sweeps ?? 1,
      strength: choices.strength ?? null,
      degree: choices.degree ?? 6,
      imaginaryShift: choices.imaginaryShift ?? 0.5,
      replaceZeroPivots: choices.replaceZeroPivots ?? false,
    },
    shape,
  }
}

/** The grid of the unknowns, or the unknowns in a row. */
export function solutionAxes({ dataset }: Pick<MatrixValue, 'dataset'>): Axis[] {
  const size = dataset.axes[1]?.size ?? 0
  const { grid = [] } = dataset
  if (grid.length > 0 && grid.reduce((product, axis) => product * axis.size, 1) === size) return grid
  return [plainAxis('unknown', size)]
}

/** Real and imaginary parts of complex numbers. */
export const partAxis: Axis = { ...plainAxis('part', 2), labels: ['real part', 'imaginary part'] }

function planeAxes(name: string, count = 0): Axis[] {
  return [plainAxis(name, count), { ...plainAxis('coordinate', 2), labels: ['real part', 'imaginary part'] }]
}

function hierarchyAxes(levels = 0): Axis[] {
  return [
    {
      ...plainAxis('level', levels),
      labels: Array.from({ length: levels }, (_, level) => `Level ${level + 1}`),
    },
    {
      ...plainAxis('quantity', 4),
      labels: ['rows', 'entries', 'entries a row', 'coarsened by'],
    },
  ]
}

/** An axis that has a name and a size. */
export function plainAxis(name: string, size: number): Axis {
  return { name, size, unit: null, coordinates: null, labels: null }
}
