import { basename } from 'node:path'
import type { ImportedDataset } from '../formats'
import { isUpload, moveUpload } from '../store/inbox'

/**
 * A file that came through the inbox has no other home: where a dataset would map it in place, it moves into the
 * dataset's folder, so that the project can be moved or copied as a whole. Its name is all that is kept of its
 * path, which only ever meant something to this program.
 */
export async function adoptUploads(
  imported: ImportedDataset,
  inbox: string,
  folder: string,
): Promise<ImportedDataset> {
  const { array, origin } = imported
  const adopted =
    array.location === 'external' && isUpload(inbox, array.file)
      ? {
          ...array,
          location: 'project' as const,
          file: await moveUpload(array.file, folder),
          modifiedAt: null,
        }
      : array
  if (origin.type === 'generated') return { ...imported, array: adopted }
  const files = origin.files.map((file) =>
    isUpload(inbox, file.path) ? { ...file, path: basename(file.path) } : file,
  )
  return { ...imported, array: adopted, origin: { ...origin, files } }
}
