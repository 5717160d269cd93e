import { sha256OfFile } from './file-hash'
import type { ImportContext } from './importer'
import type { RandomAccessFile } from './random-access-file'

/** A file as the origin of a dataset names it: where it lay, how long it was and what was in it. */
export interface DescribedFile {
  path: string
  bytes: number
  sha256: string
}

/** Hashes the whole file; the person is told, for a large one takes a while. */
export async function describedFile(
  file: RandomAccessFile,
  { signal, onProgress }: Pick<ImportContext, 'signal' | 'onProgress'>,
): Promise<DescribedFile> {
  onProgress('Hashing the file', null)
  return { path: file.path, bytes: file.bytes, sha256: await sha256OfFile(file, signal) }
}
