import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArrayReference } from '../../shared/array'
import { readNpyHeader } from '../formats'
import { hashFile } from './file-hash'

/** An array file in a dataset's own folder, as `dataset.json` names it. */
export async function projectArray(folder: string, file: string): Promise<ArrayReference> {
  const path = join(folder, file)
  const layout = await readNpyHeader(path)
  const { size } = await stat(path)
  return { ...layout, location: 'project', file, bytes: size, sha256: await hashFile(path), modifiedAt: null }
}
