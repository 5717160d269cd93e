import { z } from 'zod'
import type { Axis } from '../../../shared/array'
import { FiligreeError } from '../../../shared/failure'
import { output, type Citation, type SolveResult, type WrittenArtifact } from '../../../shared/method'
import type { Info } from '../native'
import { solveResult } from '../solve-result'

/** Unknowns a generated system may have; the Rust side has the same bound. */
const mostUnknowns = 2 ** 27
const axisNames = ['x', 'y', 'z']

const boundaryTitles = {
  dirichlet: 'Given (Dirichlet)',
  neumann: 'Closed (Neumann)',
  periodic: 'Periodic',
  mixed: 'Given at both ends of the last axis, else closed',
}

/** What generators of systems can be asked for, one entry a parameter. */
export const systemParameters = {
  shape: (length: readonly number[], most: 2 | 3) =>
    z
      .array(z.int().min(2).max(mostUnknowns))
      .min(2)
      .max(most)
      .default([...length])
      .meta({
        title: 'Unknowns along each axis',
        help: most === 2 ? 'Two numbers.' : 'Two numbers, or three for a problem in space.',
        group: 'Size',
      }),
  systems: (help: string) =>
    z.int().min(1).max(10_000).default(1).meta({ title: 'Systems', help, group: 'Sequence' }),
  boundary: z.enum(['dirichlet', 'neumann', 'periodic', 'mixed']).default('dirichlet').meta({
    title: 'Sides',
    choices: boundaryTitles,
    help: 'Closed and periodic sides leave a constant in the null space; right-hand sides then have a mean of nought.',
  }),
  rightHandSide: (first: 'ones' | 'random' | 'manufactured' | 'source', source: string) =>
    z
      .enum(['ones', 'random', 'manufactured', 'source'])
      .default(first)
      .meta({
        title: 'Right-hand side',
        choices: {
          ones: 'Ones',
          random: 'Random',
          manufactured: 'From a smooth solution, which is kept',
          source,
        },
      }),
}

/** What a random medium can be asked for; `deviation` is the default of its strength. */
export function mediumParameters(deviation: number) {
  const group = 'Medium'
  return {
    deviation: z.number().min(0).max(20).default(deviation).meta({
      title: 'Standard deviation of the field',
      symbol: 'σ',
      help: 'Of the logarithm. Nought: the medium is uniform.',
      group,
      step: 0.1,
    }),
    inverseLength: z.number().min(0).max(1000).default(3).meta({
      title: 'Inverse length',
      symbol: 'τ',
      help: 'The field forgets itself over about 1/τ of the domain.',
      group,
      advanced: true,
    }),
    smoothness: z.number().min(0.5).max(10).default(2).meta({
      title: 'Smoothness',
      symbol: 'α',
      help: 'The covariance is (−Δ + τ²)^−α: larger is smoother.',
      group,
      advanced: true,
    }),
    modes: z.int().min(1).max(128).default(12).meta({
      title: 'Waves along each axis',
      help: 'Terms of the expansion of the field; their coefficients are the parameters of a system.',
      group,
      advanced: true,
    }),
  }
}

/** What a sequence of random media can be asked for. */
export function fieldParameters(deviation: number) {
  return {
    ...mediumParameters(deviation),
    sequence: z
      .enum(['around', 'chain'])
      .default('around')
      .meta({
        title: 'Fields of a sequence',
        choices: { around: 'Around a common field', chain: 'Each a step from the one before' },
        help: 'A chain moves as a Markov chain proposes (preconditioned Crank–Nicolson).',
        group: 'Sequence',
      }),
    step: z.number().min(0).max(1).default(0.3).meta({
      title: 'Distance of the fields',
      symbol: 'β',
      help: 'One makes them independent, nought makes them equal.',
      group: 'Sequence',
      step: 0.05,
    }),
  }
}

/** The field's own parameters out of all of a generator. */
export function fieldOf({
  deviation,
  inverseLength,
  smoothness,
  modes,
  sequence,
  step,
}: z.infer<z.ZodObject<ReturnType<typeof fieldParameters>>>) {
  return { deviation, inverseLength, smoothness, modes, sequence, step }
}

/** What every generator of systems may give. */
export const systemOutputs = {
  values: output.matrix({
    title: 'Matrix',
    help: 'Compressed rows; a sequence has one system after the other.',
  }),
  rows: output.matrix({ title: 'Row pointers' }),
  columns: output.matrix({ title: 'Columns of the entries' }),
  rightHandSide: output.field({ title: 'Right-hand side' }),
  knownSolution: output.field({ title: 'Known solution', optional: true }),
  nearNullSpace: output.matrix({ title: 'Null space', optional: true }),
  mass: output.matrix({ title: 'Mass matrix, in the pattern of the matrix', optional: true }),
  coefficient: output.field({ title: 'Coefficient of the equation', optional: true }),
  initialState: output.field({ title: 'Initial state', optional: true }),
  parameters: output.table({ title: 'Parameters of the systems', optional: true }),
  grid: output.points({ title: 'Grid of the unknowns', optional: true }),
}

/** Where unknowns lie: on vertices between two walls, or in the middle of cells. */
export type Placement = 'vertices' | 'cells'

/** Vertices where all sides are given, cells otherwise, as the Rust side has it. */
export function placementOf(boundary: string): Placement {
  return boundary === 'dirichlet' ? 'vertices' : 'cells'
}

/** The files a generator wrote with their axes, and the grid the unknowns lie on. */
export function systemResult(info: Info, shape: readonly number[], placement: Placement): SolveResult {
  const unknowns = shape.reduce((product, size) => product * size, 1)
  const axes = [indexAxis('row', unknowns), indexAxis('column', unknowns)]
  const written: WrittenArtifact[] = Object.keys(systemOutputs).map((name) => ({ name, axes }))
  const result = solveResult(info, written)
  return { ...result, artifacts: [...result.artifacts, { name: 'grid', axes: gridAxes(shape, placement) }] }
}

/** Refuses a grid that is too large before anything is made. */
export function checkGrid(shape: readonly number[]): void {
  if (shape.reduce((product, size) => product * size, 1) <= mostUnknowns) return
  throw new FiligreeError(
    'invalid-parameter',
    `A grid of ${shape.join(' × ')} has more than the 134 million unknowns that are made at most. Shorten an axis.`,
    { field: 'shape' },
  )
}

/** Refuses ones beside a null space of constants: nothing of them is left that the system could answer. */
export function checkRightHandSide(boundary: string, rightHandSide: string): void {
  if (rightHandSide !== 'ones' || (boundary !== 'neumann' && boundary !== 'periodic')) return
  throw new FiligreeError(
    'invalid-parameter',
    'With closed or periodic sides nothing flows out, so a right-hand side of ones has no solution. Choose random, from a smooth solution or the source, or other sides.',
    { field: 'rightHandSide' },
  )
}

function gridAxes(shape: readonly number[], placement: Placement): Axis[] {
  const longest = Math.max(...shape)
  const [cells, offset] = placement === 'vertices' ? [longest + 1, 1] : [longest, 0.5]
  return shape.map((size, axis) => ({
    ...indexAxis(axisNames[axis] ?? `axis ${axis + 1}`, size),
    coordinates: Array.from({ length: size }, (_, index) => (index + offset) / cells),
  }))
}

function indexAxis(name: string, size: number): Axis {
  return { name, size, unit: null, coordinates: null, labels: null }
}

/** The random fields and the two-phase fields that sequences of the literature are made of. */
export const gaussianFieldCitation: Citation = {
  authors: 'Li, Kovachki, Azizzadenesheli, Liu, Bhattacharya, Stuart, Anandkumar',
  title: 'Fourier neural operator for parametric partial differential equations',
  year: 2021,
  venue: 'International Conference on Learning Representations',
  arxiv: '2010.08895',
}
