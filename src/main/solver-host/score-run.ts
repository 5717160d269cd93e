import { join } from 'node:path'
import type { ArraySource } from '../../shared/array'
import type { Dataset, Truth } from '../../shared/dataset'
import type { RunRecord, ScoreCard } from '../../shared/run'
import { arraySource } from '../formats'
import type { ProjectPaths } from '../store/project-paths'
import { keptBands } from '../methods/unmixing/preparation'
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

/** Holds a run against the truth of its dataset, in the way of its family. */
export async function scoreRun(input: ScoreRunInput): Promise<RunScore> {
  const truth = input.dataset?.truth ?? null
  if (input.dataset === null || truth === null || input.record.method.family !== 'unmixing') {
    return { scoreCard: null, warnings: [] }
  }
  return scoreUnmixingRun(input, input.dataset, truth)
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
