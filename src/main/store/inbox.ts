import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'

/** Uploads that nobody imported are cleared away when a project is opened, but never one that may still be under way. */
const keptMilliseconds = 24 * 60 * 60 * 1000

/** Whether a file was sent to the inbox; every upload lies in a folder of its own there. */
export function isUpload(inbox: string, path: string): boolean {
  const inside = relative(inbox, path)
  return inside !== '' && !inside.startsWith('..') && dirname(dirname(path)) === inbox
}

/** Moves an uploaded file into a folder of the same disk; returns the name it has there. */
export async function moveUpload(path: string, folder: string): Promise<string> {
  const name = basename(path)
  await rename(path, join(folder, name))
  return name
}

/** Clears away uploads that were imported. Other files are left alone. */
export async function removeUploads(inbox: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (isUpload(inbox, path)) await rm(dirname(path), { recursive: true, force: true })
  }
}

/** Clears away uploads whose import never came. */
export async function removeOldUploads(inbox: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(inbox).catch(() => [])) {
    const folder = join(inbox, name)
    const { mtimeMs } = await stat(folder)
    if (now - mtimeMs > keptMilliseconds) await rm(folder, { recursive: true, force: true })
  }
}
