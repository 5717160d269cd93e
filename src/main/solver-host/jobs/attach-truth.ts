import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ArrayReference } from '../../../shared/array'
import { truthChoice, type Dataset, type DatasetOrigin } from '../../../shared/dataset'
import { truthFromFile } from '../../formats'
import { readDatasetRecord, updateDatasetRecord } from '../../store/dataset-folders'
import { draftPath, syncFolder, syncFolderWithFiles } from '../../store/durable-file'
import { isUpload, removeUploads } from '../../store/inbox'
import { ProjectPaths } from '../../store/project-paths'
import { verifiedSource } from '../dataset-source'
import { stageProgress, type JobContext } from '../job-context'
import type { JobInput } from '../messages'

/** Takes the truth of another file for a cube that came without. */
export async function attachTruthJob(input: JobInput<'attach-truth'>, context: JobContext): Promise<Dataset> {
  const paths = new ProjectPaths(input.project)
  const folder = paths.dataset(input.dataset)
  const dataset = await readDatasetRecord(folder)
  const work = draftPath(join(folder, 'truth'))
  await mkdir(work)
  try {
    const cube = await verifiedSource(dataset.array, folder)
    const { truth, notes } = await truthFromFile(input.file, cube, input.choices, {
      folder: work,
      onProgress: (stage, fraction) => context.onProgress(stageProgress(stage, fraction)),
      signal: context.signal,
    })
    await syncFolderWithFiles(work)
    const updated: Dataset = {
      ...dataset,
      origin: withTruthFile(dataset.origin, input, paths.inbox),
      truth: {
        ...truth,
        endmembers: await take(truth.endmembers, work, folder),
        abundances: await take(truth.abundances, work, folder),
      },
      notes: [...dataset.notes, ...notes],
    }
    await syncFolder(folder)
    await updateDatasetRecord(paths, updated)
    await removeUploads(paths.inbox, [input.file])
    return updated
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The file and the choices it was read with, so that the commands that repeat a run can name them. */
function withTruthFile(
  origin: DatasetOrigin,
  { file, choices }: JobInput<'attach-truth'>,
  inbox: string,
): DatasetOrigin {
  if (origin.type === 'generated') return origin
  const name = isUpload(inbox, file) ? basename(file) : file
  const prefixed = Object.entries(choices).map(([key, value]) => [`${truthChoice}.${key}`, value] as const)
  return { ...origin, choices: { ...origin.choices, [truthChoice]: name, ...Object.fromEntries(prefixed) } }
}

/** The hash in the name lets a truth be replaced while a run still reads the former one. */
async function take(
  array: ArrayReference | null,
  work: string,
  folder: string,
): Promise<ArrayReference | null> {
  if (array === null || array.location === 'external') return array
  const file = `truth-${array.sha256?.slice(0, 12) ?? 'new'}-${array.file}`
  await rename(join(work, array.file), join(folder, file))
  return { ...array, file }
}
