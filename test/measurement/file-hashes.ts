import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The sha-256 of every file in a folder, by its name. */
export async function fileHashes(folder: string): Promise<Map<string, string>> {
  const files = (await readdir(folder)).sort()
  const entries = files.map(async (file): Promise<[string, string]> => [
    file,
    createHash('sha256')
      .update(await readFile(join(folder, file)))
      .digest('hex'),
  ])
  return new Map(await Promise.all(entries))
}
