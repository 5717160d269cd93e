import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { processExists } from './process-identity'

/** A hidden name for something unfinished; the process number in it tells later whether its maker is gone. */
export function draftPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}.part`)
}

/** Clears away what killed processes left unfinished in a folder. */
export async function removeAbandonedDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid] = /^\..+\.(\d+)-[0-9a-f]{8}\.part$/.exec(name) ?? []
    if (pid === undefined || Number(pid) === process.pid || (await processExists(Number(pid)))) continue
    await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** Makes sure that a file's bytes are on the disk, not only in the system's memory. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes sure that a folder's names are on the disk. Windows cannot open folders; it needs no such call. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Writes a file whole or not at all: into a hidden neighbour, to the disk, then into place. */
export async function writeFileDurably(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path)
  const draft = draftPath(path)
  try {
    const file = await open(draft, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(folder)
}

export function writeJsonDurably(path: string, value: unknown): Promise<void> {
  return writeFileDurably(path, `${JSON.stringify(value, null, 2)}\n`)
}

/** Flushes every file of a folder and the folder itself. */
export async function syncFolderWithFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile()) await syncFile(join(folder, entry.name))
  }
  await syncFolder(folder)
}

/** Renames a folder so that neither a crash nor a power cut can leave it under both names or none. */
export async function moveFolderDurably(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await rename(from, to)
  await syncFolder(dirname(to))
  if (dirname(from) !== dirname(to)) await syncFolder(dirname(from))
}
