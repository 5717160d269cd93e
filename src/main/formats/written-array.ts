import { join } from 'node:path'
import type { ArrayReference } from '../../shared/array'
import { sha256OfFile } from './file-hash'
import { readNpyHeader } from './npy'
import { withFile } from './random-access-file'

/** A .npy file that was written into a dataset's own folder, as `dataset.json` names it. */
export async function writtenArray(folder: string, file: string): Promise<ArrayReference> {
  const path = join(folder, file)
  const layout = await readNpyHeader(path)
  return withFile(path, async (opened) => ({
    ...layout,
    location: 'project',
    file,
    bytes: opened.bytes,
    sha256: await sha256OfFile(opened),
    modifiedAt: null,
  }))
}
