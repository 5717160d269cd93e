import { randomUUID } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { FiligreeError } from '../../shared/failure'
import type { FileEntry } from '../../shared/project'
import { isProject } from '../store/project-store'
import { toFiligreeError } from '../../shared/system-failure'

/**
 * Paths behind the handles the renderer holds. A handle is random and says nothing; a path that was never handed
 * out cannot be named.
 */
export class FileHandles {
  private readonly paths = new Map<string, string>()
  private readonly handles = new Map<string, string>()

  /** The same path always has the same handle, so that a list that is shown twice still works. */
  handleFor(path: string): string {
    const known = this.handles.get(path)
    if (known !== undefined) return known
    const handle = randomUUID()
    this.handles.set(path, handle)
    this.paths.set(handle, path)
    return handle
  }

  /** Throws 'not-allowed' for a handle that was never handed out. */
  resolve(handle: string): string {
    const path = this.paths.get(handle)
    if (path !== undefined) return path
    throw new FiligreeError('not-allowed', 'This file was not chosen in this session. Choose it again.')
  }

  /** A handle for an existing file or folder. Throws 'not-found' in words where there is none. */
  async grant(path: string): Promise<FileEntry> {
    try {
      return await this.entry(await realpath(resolve(path)))
    } catch (error) {
      throw toFiligreeError(error, path)
    }
  }

  async entry(path: string): Promise<FileEntry> {
    const found = await stat(path)
    const folder = found.isDirectory()
    return {
      handle: this.handleFor(path),
      name: basename(path) || path,
      kind: folder ? 'folder' : 'file',
      bytes: folder ? null : found.size,
      modifiedAt: found.mtime.toISOString(),
      project: folder && isProject(path),
    }
  }
}
