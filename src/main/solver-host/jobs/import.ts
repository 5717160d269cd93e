import type { Dataset } from '../../../shared/dataset'
import { chooseImporter } from '../../formats'
import { removeUploads } from '../../store/inbox'
import { ProjectPaths } from '../../store/project-paths'
import { adoptUploads } from '../adopt-uploads'
import { stageProgress, type JobContext } from '../job-context'
import type { JobInput } from '../messages'
import { makeDataset } from '../new-dataset'

export async function importJob(input: JobInput<'import'>, context: JobContext): Promise<Dataset> {
  const { inbox } = new ProjectPaths(input.project)
  const dataset = await makeDataset(input.project, input.dataset, async (folder) => {
    const importer = await chooseImporter(input.files)
    const imported = await importer.import(input.files, input.choices, {
      folder,
      onProgress: (stage, fraction) => context.onProgress(stageProgress(stage, fraction)),
      signal: context.signal,
    })
    return adoptUploads(imported, inbox, folder)
  })
  await removeUploads(inbox, input.files)
  return dataset
}
