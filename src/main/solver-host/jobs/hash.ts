import type { ArrayReference } from '../../../shared/array'
import { loadNative } from '../../methods/native'
import { readDatasetRecord } from '../../store/dataset-folders'
import { ProjectPaths } from '../../store/project-paths'
import { verifiedSource } from '../dataset-source'
import { hashFile } from '../file-hash'
import { stageProgress, type JobContext } from '../job-context'
import type { JobInput, JobOutput } from '../messages'

/** Hashes the external files of a dataset and counts its array: both read every byte, so neither is done at import. */
export async function hashJob(
  { project, dataset: id, threads }: JobInput<'hash'>,
  context: JobContext,
): Promise<JobOutput<'hash'>> {
  const folder = new ProjectPaths(project).dataset(id)
  const dataset = await readDatasetRecord(folder)
  const unhashed = [dataset.array, dataset.truth?.endmembers, dataset.truth?.abundances].filter(
    (array): array is ArrayReference => array?.sha256 === null,
  )
  const total = unhashed.reduce((sum, { bytes }) => sum + bytes, 0)
  const files: JobOutput<'hash'>['files'] = []
  let done = 0
  for (const array of unhashed) {
    const { path } = await verifiedSource(array, folder)
    const sha256 = await hashFile(path, context.signal, (bytes) =>
      context.onProgress(
        stageProgress('Reading the file for its checksum', (done + bytes) / Math.max(1, total)),
      ),
    )
    // Asked again: a file that changed while it was read has the checksum of neither state.
    await verifiedSource(array, folder)
    done += array.bytes
    files.push({ path: array.file, sha256 })
  }
  if (dataset.summary !== null || dataset.array.dtype.startsWith('complex')) return { files, summary: null }
  context.onProgress(stageProgress('Counting values', null))
  const source = await verifiedSource(dataset.array, folder)
  const summary = await loadNative().summariseArray(source, dataset.scale, dataset.noDataValue, threads)
  return { files, summary }
}
