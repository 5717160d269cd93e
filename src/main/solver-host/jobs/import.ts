import type { Dataset } from '../../../shared/dataset'
import { chooseImporter } from '../../formats'
import { stageProgress, type JobContext } from '../job-context'
import type { JobInput } from '../messages'
import { makeDataset } from '../new-dataset'

export async function importJob(input: JobInput<'import'>, context: JobContext): Promise<Dataset> {
  return makeDataset(input.project, input.dataset, async (folder) => {
    const importer = await chooseImporter(input.files)
    return importer.import(input.files, input.choices, {
      folder,
      onProgress: (stage, fraction) => context.onProgress(stageProgress(stage, fraction)),
      signal: context.signal,
    })
  })
}
