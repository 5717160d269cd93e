import { writeFile } from 'node:fs/promises'
import { chooseImporter } from '../../formats'
import type { JobInput, JobOutput } from '../messages'

/** What an import would make. The picture goes into a file: arrays do not cross the channel. */
export async function previewJob({
  files,
  choices,
  planeFile,
}: JobInput<'preview'>): Promise<JobOutput<'preview'>> {
  const importer = await chooseImporter(files)
  const { preview, plane } = await importer.preview(files, choices)
  if (plane === null) return { preview, plane: null }
  const { lines, samples, values } = plane
  await writeFile(planeFile, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  return { preview, plane: { lines, samples } }
}
