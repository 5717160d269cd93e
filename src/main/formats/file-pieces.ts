import { open, rm } from 'node:fs/promises'
import { toFiligreeError } from '../../shared/system-failure'
import type { FilePieces } from './tensor-export'

/** Writes pieces into a file that must not exist yet; removes it where that fails. */
export async function writePieces(path: string, pieces: FilePieces): Promise<void> {
  const handle = await open(path, 'wx').catch((error: unknown) => {
    throw toFiligreeError(error, path, 'write')
  })
  try {
    for await (const piece of pieces) await handle.writeFile(piece)
    await handle.sync()
    await handle.close()
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(path, { force: true })
    throw toFiligreeError(error, path, 'write')
  }
}
