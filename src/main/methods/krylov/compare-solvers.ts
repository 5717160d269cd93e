import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import {
  defineMethod,
  input,
  output,
  type MatrixValue,
  type SolveContext,
  type SolveProgress,
  type WrittenArtifact,
} from '../../../shared/method'
import { writeNpy } from '../../formats'
import { callNative } from '../native'
import { advise } from './advice'
import { combinationName, combinationsFor, sameCombination, type Combination } from './combination'
import { commonHistories, performanceProfile, profileFactors, rank, type Trial } from './comparison'
import { knownFacts } from './known-facts'
import { problemParameters, stoppingParameters } from './solve-parameters'
import { checkProblem, plainAxis, solveSystemParams } from './solve-system'
import { systemCount, systemInput } from './system-input'

const quantities = [
  'place',
  'total (s)',
  'set-up (s)',
  'solve (s)',
  'iterations',
  'residual',
  'MB',
  'solved',
] as const

/** Runs solvers and preconditioners on the person's own matrix and ranks them by the time to the same true residual. */
export const compareSolvers = defineMethod({
  id: 'compare-solvers',
  family: 'krylov',
  version: 1,
  title: 'Compare solvers',
  summary:
    'Solver × preconditioner × direct on your own matrix, ranked by total time to the same true residual, with a performance profile over the systems of a sequence.',
  equations: [
    {
      latex: String.raw`\rho_c(\tau) = \frac{1}{\lvert \mathcal S \rvert} \, \Bigl\lvert \Bigl\{ s \in \mathcal S : t_{c,s} \le \tau \min_{c'} t_{c',s} \Bigr\} \Bigr\rvert`,
      caption:
        'Performance profile: the share of the systems 𝒮 that combination c solves within τ times the best time; t is the time of set-up and solve, infinite where the tolerance was not met.',
    },
  ],
  documentation: `
## When to use it
To find out what solves *this* matrix fastest, rather than what needs the fewest iterations.

## What to look out for
- **Everything is judged by the recomputed residual.** A method that believes that it converged and did not is listed as unsolved, with its words.
- **Time is total time**: set-up and solve. A factorisation that is used for many right-hand sides has its set-up once; look at the two columns.
- **A matrix that is not square** is solved in the least-squares sense: there ‖Aᴴr‖ / (‖A‖‖r‖), recomputed, may meet the tolerance instead.
- **What could not start** (a matrix that a method refuses, a zero pivot) is told among the findings with its reason and has no row in the ranking.
- **A limit on the time of each trial** keeps hopeless ones from holding up the rest; what ran into it is unsolved.
- **Times are of this machine and this moment.** Other work beside it shows.
`.trim(),
  cite: [
    {
      authors: 'Dolan, Moré',
      title: 'Benchmarking optimization software with performance profiles',
      year: 2002,
      venue: 'Mathematical Programming 91(2)',
      doi: '10.1007/s101070100263',
    },
  ],
  inputs: { matrix: input.matrix() },
  params: z.object({
    candidates: z
      .enum(['all', 'advised'])
      .default('all')
      .meta({
        title: 'Combinations',
        choices: { all: 'All that may solve it', advised: 'Those that are advised' },
      }),
    systems: z.int().min(1).max(1000).default(5).meta({
      title: 'Systems at most',
      help: 'Of a sequence, evenly over it; a single matrix is one system.',
    }),
    rightHandSide: problemParameters.rightHandSide,
    relativeTolerance: stoppingParameters.relativeTolerance,
    maxIterations: stoppingParameters.maxIterations,
    secondsAtMost: z.number().min(0.1).max(86_400).default(60).meta({
      title: 'Time limit of a trial',
      unit: 's',
      group: 'Stopping',
      logarithmic: true,
    }),
  }),
  outputs: {
    ranking: output.table({
      title: 'Ranking',
      help: 'Means over the systems; the residual is the true one, the worst of them, and solved counts systems. Combinations that did not solve every system come last.',
    }),
    times: output.bars({
      title: 'Time to the same true residual',
      unit: 's',
      help: 'Set-up and solve of the combinations that solved every system, a mean over the systems.',
      axisScales: { horizontal: 'linear', vertical: 'logarithmic' },
      optional: true,
    }),
    convergence: output.series({
      title: 'True residual of the first system',
      optional: true,
      help: 'Recomputed in every iteration; a line ends where its iteration ended. Fewer iterations are not less time.',
      axisScales: { horizontal: 'linear', vertical: 'logarithmic' },
    }),
    profile: output.series({
      title: 'Performance profile',
      optional: true,
      help: 'Share of the systems that are solved within a factor of the best time of each.',
      axisScales: { horizontal: 'logarithmic', vertical: 'linear' },
    }),
  },
  check: ({ matrix }, { rightHandSide }) => checkProblem(matrix, { system: 1, rightHandSide }),
  solve: async ({ matrix }, parameters, context) => {
    const started = performance.now()
    const facts = await knownFacts(matrix, 1, context)
    const advised = advise(facts)
    const combinations = parameters.candidates === 'advised' ? advised : candidates(facts, advised)
    const systems = spread(systemCount(matrix), parameters.systems)
    const setupSeconds = (performance.now() - started) / 1000
    const trials = await tryAll(matrix, combinations, systems, parameters, context)
    if (trials.every((row) => row.every(({ residual }) => Number.isNaN(residual)))) {
      const reasons = new Set(trials.map(endings))
      throw new FiligreeError(
        'breakdown',
        `None of ${trials.length} combinations could start. ${[...reasons].slice(0, 1).join(' ')}`,
      )
    }
    const order = rank(trials)
    const names = combinations.map((combination) => {
      const place = advised.findIndex((each) => sameCombination(each, combination))
      return `${combinationName(combination)}${place < 0 ? '' : ` (advised ${ordinals[place] ?? `${place + 1}th`})`}`
    })
    const artifacts = await writeComparison(context.folder, { trials, order, names })
    const [winner = 0] = order
    const best = trials[winner] ?? []
    const solved = best.every((trial) => trial.solved)
    const target =
      facts.rows === facts.columns
        ? `a true residual of ${parameters.relativeTolerance}`
        : `a least-squares solution to ${parameters.relativeTolerance}`
    return {
      iterations: 0,
      stopReason: 'finished',
      stopMessage: solved
        ? `${names[winner] ?? ''} is the fastest of ${trials.length} to ${target}.`
        : `None of ${trials.length} combinations reached ${target}.`,
      figures: {
        trueResidual: worst(best),
        totalSeconds: mean(best.map((trial) => trial.setupSeconds + trial.solveSeconds)),
        setupSeconds: mean(best.map((trial) => trial.setupSeconds)),
        combinations: trials.length,
        solvedBy: trials.filter((row) => row.every((trial) => trial.solved)).length,
      },
      setupSeconds,
      iterationSeconds: (performance.now() - started) / 1000 - setupSeconds,
      peakMemoryBytes: Math.max(0, ...trials.flat().map(({ memoryBytes }) => memoryBytes)),
      warnings: solved ? [] : ['No combination solved the system. The findings say how each of them ended.'],
      notes: order.map(
        (index, place) => `${place + 1}. ${names[index] ?? ''}: ${endings(trials[index] ?? [])}`,
      ),
      artifacts,
    }
  },
})

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth']

function candidates(facts: Parameters<typeof combinationsFor>[0], advised: Combination[]): Combination[] {
  const all = combinationsFor(facts)
  const missing = advised.filter((each) => !all.some((one) => sameCombination(one, each)))
  return [...all, ...missing]
}

/** At most `most` numbers from 1 to `count`, evenly over them, the first and the last among them. */
function spread(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, at) => at + 1)
  if (most === 1) return [1]
  return Array.from({ length: most }, (_, at) => 1 + Math.round((at * (count - 1)) / (most - 1)))
}

interface TrialOptions {
  rightHandSide: 'automatic' | 'given' | 'ones' | 'random' | 'manufactured'
  relativeTolerance: number
  maxIterations: number
  secondsAtMost: number
}

async function tryAll(
  matrix: MatrixValue,
  combinations: readonly Combination[],
  systems: readonly number[],
  options: TrialOptions,
  context: SolveContext,
): Promise<Trial[][]> {
  const trials: Trial[][] = []
  const count = combinations.length * systems.length
  for (const combination of combinations) {
    const row: Trial[] = []
    for (const system of systems) {
      context.signal.throwIfAborted()
      const done = trials.length * systems.length + row.length
      context.onProgress({
        ...{ stage: combinationName(combination), iteration: done, iterationLimit: count },
        ...{ fraction: done / count, rows: [] },
      })
      row.push(await tryOne(matrix, combination, system, options, context))
    }
    trials.push(row)
  }
  return trials
}

async function tryOne(
  matrix: MatrixValue,
  combination: Combination,
  system: number,
  options: TrialOptions,
  context: SolveContext,
): Promise<Trial> {
  const folder = join(context.folder, 'trial')
  await mkdir(folder, { recursive: true })
  const history: [number, number][] = []
  const timeUp = AbortSignal.timeout(Math.ceil(options.secondsAtMost * 1000))
  const signal = AbortSignal.any([context.signal, timeUp])
  const onProgress = ({ rows }: SolveProgress) => {
    for (const [iteration = 0, residual = Number.NaN] of rows) history.push([iteration, residual])
  }
  try {
    const { secondsAtMost: _, ...choices } = options
    const params = solveSystemParams(combination.solver, { ...choices, ...combination, system }, [
      matrix.dataset.axes[1]?.size ?? 0,
    ])
    const info = await callNative({ ...context, folder, signal, onProgress }, (native, nativeContext) =>
      native.solveSystem(systemInput(matrix), null, params, nativeContext),
    )
    const residual = info.figures['trueResidual'] ?? Number.NaN
    const normal = info.figures['normalResidual'] ?? Number.NaN
    const [rows, columns] = matrix.dataset.axes
    // Where no x solves the system, a least-squares solution is what was asked for.
    const leastSquares = rows?.size !== columns?.size && normal <= options.relativeTolerance
    return {
      residual,
      setupSeconds: info.figures['setupSeconds'] ?? info.setupSeconds,
      solveSeconds: info.figures['solveSeconds'] ?? info.iterationSeconds,
      iterations: info.iterations,
      memoryBytes: info.figures['memoryBytes'] ?? 0,
      solved: residual <= options.relativeTolerance || leastSquares,
      ending: timeUp.aborted ? `Stopped at the time limit. ${info.stopMessage}` : info.stopMessage,
      history,
    }
  } catch (cause) {
    context.signal.throwIfAborted()
    // What one combination cannot do is a finding, not the end of the comparison.
    if (!(cause instanceof FiligreeError) || cause.code === 'internal') throw cause
    return {
      ...{ residual: Number.NaN, setupSeconds: 0, solveSeconds: 0, iterations: 0, memoryBytes: 0 },
      ...{ solved: false, ending: cause.message, history },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function endings(trials: readonly Trial[]): string {
  const [first] = trials
  const failed = trials.find((trial) => !trial.solved)
  return (failed ?? first)?.ending ?? ''
}

/** The largest residual among those that there are. */
function worst(trials: readonly Trial[]): number {
  return Math.max(...trials.map(({ residual }) => residual).filter((residual) => !Number.isNaN(residual)))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

/** Writes the arrays of a comparison, combinations in their order. */
async function writeComparison(
  folder: string,
  {
    trials,
    order,
    names,
  }: { trials: readonly Trial[][]; order: readonly number[]; names: readonly string[] },
) {
  // What never started has no figures; the findings say why.
  const ranked = order
    .map((index) => ({ name: names[index] ?? '', row: trials[index] ?? [] }))
    .filter(({ row }) => row.some(({ residual }) => !Number.isNaN(residual)))
  const labels = ranked.map(({ name }) => name)
  const combinationAxis = { ...plainAxis('combination', labels.length), labels }
  const write = (name: string, shape: number[], values: ArrayLike<number>) =>
    writeNpy(join(folder, `${name}.npy`), 'float64', shape, Float64Array.from(values))
  const table = ranked.flatMap(({ row }, place) => {
    const setup = mean(row.map(({ setupSeconds }) => setupSeconds))
    const solve = mean(row.map(({ solveSeconds }) => solveSeconds))
    return [
      ...[place + 1, setup + solve, setup, solve, mean(row.map(({ iterations }) => iterations))],
      worst(row),
      mean(row.map(({ memoryBytes }) => memoryBytes / 1e6)),
      row.filter(({ solved }) => solved).length,
    ]
  })
  await write('ranking', [ranked.length, quantities.length], table)
  const artifacts: WrittenArtifact[] = [
    {
      name: 'ranking',
      axes: [combinationAxis, { ...plainAxis('quantity', quantities.length), labels: [...quantities] }],
    },
  ]
  // Direct solvers have no iterations to be drawn.
  const iterated = ranked.filter(({ row }) => (row[0]?.history.length ?? 0) > 0)
  if (iterated.length > 0) {
    const { positions, values } = commonHistories(iterated.map(({ row }) => row[0]?.history ?? []))
    await write('convergence', [positions.length, iterated.length], values)
    artifacts.push({
      name: 'convergence',
      axes: [
        { ...plainAxis('iteration', positions.length), coordinates: positions },
        { ...plainAxis('combination', iterated.length), labels: iterated.map(({ name }) => name) },
      ],
    })
  }
  const solved = ranked.filter(({ row }) => row.every((trial) => trial.solved))
  if (solved.length > 0) {
    await write(
      'times',
      [solved.length, 2],
      solved.flatMap(({ row }) => [
        mean(row.map(({ setupSeconds }) => setupSeconds)),
        mean(row.map(({ solveSeconds }) => solveSeconds)),
      ]),
    )
    artifacts.push({
      name: 'times',
      axes: [
        { ...plainAxis('combination', solved.length), labels: solved.map(({ name }) => name) },
        { ...plainAxis('part', 2), labels: ['set-up', 'solve'] },
      ],
    })
  }
  if ((trials[0]?.length ?? 0) > 1) {
    const profile = performanceProfile(
      ranked.map(({ row }) => row),
      profileFactors,
    )
    const values = profileFactors.flatMap((_, at) => profile.map((line) => line[at] ?? 0))
    await write('profile', [profileFactors.length, ranked.length], values)
    artifacts.push({
      name: 'profile',
      axes: [
        { ...plainAxis('factor of the best time', profileFactors.length), coordinates: [...profileFactors] },
        combinationAxis,
      ],
    })
  }
  return artifacts
}
