import { join } from 'node:path'
import type { ArraySource } from '../../shared/array'
import type { Dataset, Truth } from '../../shared/dataset'
import type { RunRecord, ScoreCard } from '../../shared/run'
import { arraySource } from '../formats'
import type { ProjectPaths } from '../store/project-paths'
import { keptBands } from '../methods/unmixing/preparation'
import { scoreGp } from '../methods/gp/score'
import { scoreKrylov } from '../methods/krylov/score'
import { scoreTensor } from '../methods/tensor/score'
import { scoreUnmixing } from '../methods/unmixing/score'

export interface ScoreRunInput {
  paths: ProjectPaths
  /** The run with its artifacts, still in its work folder. */
  record: RunRecord
  dataset: Dataset | null
}

export interface RunScore {
  scoreCard: ScoreCard | null
  warnings: string[]
}

const nothing: RunScore = { scoreCard: null, warnings: [] }

/** How the runs of a family are scored. */
const scorers: Readonly<Partial<Record<string, (input: ScoreRunInput) => Promise<RunScore>>>> = {
  unmixing: async (input) => {
    const truth = input.dataset?.truth ?? null
    return input.dataset === null || truth === null ? nothing : scoreUnmixingRun(input, input.dataset, truth)
  },
  gp: byFigures(scoreGp),
  krylov: byFigures(scoreKrylov),
  tensor: byFigures(scoreTensor),
}

/** A family whose solvers measure their own figures. */
function byFigures(score: (figures: Readonly<Record<string, number>>) => ScoreCard | null) {
  return ({ record }: ScoreRunInput): Promise<RunScore> =>
    Promise.resolve({ scoreCard: score(record.figures), warnings: [] })
}

/** Scores a run in the way of its family: against the truth of its dataset, or by the figures of its solver. */
export async function scoreRun(input: ScoreRunInput): Promise<RunScore> {
  return scorers[input.record.method.family]?.(input) ?? nothing
}

async function scoreUnmixingRun(
  { paths, record }: ScoreRunInput,
  dataset: Dataset,
  truth: Truth,
): Promise<RunScore> {
  const { useGoodBands, leaveOutBands } = record.parameters
  const trueArray = (array: Truth['endmembers']) =>
    array === null ? null : arraySource(array, paths.dataset(dataset.id))
  return scoreUnmixing({
    truth: {
      endmembers: trueArray(truth.endmembers),
      abundances: trueArray(truth.abundances),
      names: truth.names,
    },
    estimate: {
      endmembers: estimated(paths, record, 'endmembers'),
      abundances: estimated(paths, record, 'abundances'),
      names: record.artifacts.find(({ name }) => name === 'abundances')?.axes[0]?.labels ?? null,
    },
    bands: keptBands(dataset, {
      useGoodBands: useGoodBands === true,
      leaveOutBands: typeof leaveOutBands === 'string' ? leaveOutBands : '',
    }),
    normalisation: String(record.parameters['normalisation']),
    threads: record.threads,
  })
}

function estimated(paths: ProjectPaths, record: RunRecord, name: string): ArraySource | null {
  const artifact = record.artifacts.find((candidate) => candidate.name === name)
  if (artifact === undefined) return null
  const { dtype, byteOrder, offset, shape, strides } = artifact
  return { path: join(paths.runWork(record.id), artifact.file), dtype, byteOrder, offset, shape, strides }
}
