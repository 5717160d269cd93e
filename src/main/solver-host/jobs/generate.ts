import type { Dataset } from '../../../shared/dataset'
import type { ImportedDataset } from '../../formats'
import { findMethod } from '../../methods'
import { ProjectPaths } from '../../store/project-paths'
import type { Generated } from '../generated-dataset'
import { describeMatrix } from '../generated-matrix'
import { describeScene } from '../generated-scene'
import { describeTable } from '../generated-table'
import { describeTensor } from '../generated-tensor'
import type { JobContext } from '../job-context'
import type { JobInput } from '../messages'
import { makeDataset } from '../new-dataset'
import { resolveInputs } from '../resolve-inputs'

/** How a generated dataset is described, by the artifact that only its kind has. */
const descriptions: Readonly<Record<string, (generated: Generated) => Promise<ImportedDataset>>> = {
  cube: describeScene,
  tensor: describeTensor,
  values: describeMatrix,
  table: describeTable,
}

/** A dataset from a generator, of the kind that its artifacts tell. */
export async function generateJob(job: JobInput<'generate'>, context: JobContext): Promise<Dataset> {
  const { description: method, solve } = findMethod(job.generator, 'generator')
  return makeDataset(job.project, job.dataset, async (folder) => {
    const references = Object.entries(job.inputs).map(([name, { reference }]) => [name, reference] as const)
    const paths = new ProjectPaths(job.project)
    const { values } = await resolveInputs(paths, method, Object.fromEntries(references))
    const result = await solve(values, job.parameters, {
      seed: job.seed,
      threads: job.threads,
      folder,
      onProgress: context.onProgress,
      signal: context.signal,
    })
    context.signal.throwIfAborted()
    const describe = result.artifacts
      .map(({ name }) => descriptions[name])
      .find((found) => found !== undefined)
    if (describe === undefined) throw new Error(`${method.id} made nothing that is a dataset.`)
    return describe({ folder, method, job, result })
  })
}
