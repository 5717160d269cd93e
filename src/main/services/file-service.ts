import { mkdir, readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { FiligreeError } from '../../shared/failure'
import type { FileEntry, FileListing } from '../../shared/project'
import { toFiligreeError } from '../../shared/system-failure'
import type { FileHandles } from './file-handles'

const mostListed = 5000

/** Looking for files and folders on the machine the workbench runs on. */
export class FileService {
  constructor(
    private readonly handles: FileHandles,
    private readonly defaultFolder: string,
  ) {}

  /** Where a search usually begins: projects, home, the folder Filigree was started in, the root. */
  async places(): Promise<FileEntry[]> {
    const places = [...new Set([this.defaultFolder, homedir(), process.cwd(), resolve('/')])]
    const entries = await Promise.allSettled(places.map((place) => this.handles.grant(place)))
    return entries.flatMap((entry) => (entry.status === 'fulfilled' ? [entry.value] : []))
  }

  async list(handle: string): Promise<FileListing> {
    const path = this.handles.resolve(handle)
    const trail = await this.trail(path)
    try {
      return { trail, path, entries: await this.entries(path), problem: null }
    } catch (error) {
      return { trail, path, entries: [], problem: toFiligreeError(error, path).message }
    }
  }

  /** Resolves a path that a person typed: absolute, from home (~), or from the folder Filigree was started in. */
  locate(typed: string): Promise<FileEntry> {
    const text = typed.trim().replace(/^["']|["']$/g, '')
    if (text === '')
      throw new FiligreeError('invalid-parameter', 'Type the path of a file or folder.', { field: 'path' })
    const path = /^~(?=$|[/\\])/.test(text) ? join(homedir(), text.slice(1)) : text
    return this.handles.grant(isAbsolute(path) ? path : resolve(path))
  }

  async makeFolder(handle: string, name: string): Promise<FileEntry> {
    const path = join(this.handles.resolve(handle), checkedName(name))
    try {
      await mkdir(path)
    } catch (error) {
      throw toFiligreeError(error, path)
    }
    return this.handles.grant(path)
  }

  private async entries(path: string): Promise<FileEntry[]> {
    const names = (await readdir(path)).filter((name) => !name.startsWith('.')).slice(0, mostListed)
    const entries = await Promise.allSettled(names.map((name) => this.handles.entry(join(path, name))))
    // A link to nowhere is no entry.
    const found = entries.flatMap((entry) => (entry.status === 'fulfilled' ? [entry.value] : []))
    const folders = (entry: FileEntry) => (entry.kind === 'folder' ? 0 : 1)
    const byName = new Intl.Collator(undefined, { numeric: true }).compare
    return found.sort((a, b) => folders(a) - folders(b) || byName(a.name, b.name))
  }

  private async trail(path: string): Promise<FileEntry[]> {
    const folders = [path]
    for (let folder = path; dirname(folder) !== folder; folder = dirname(folder))
      folders.unshift(dirname(folder))
    const entries = await Promise.allSettled(folders.map((folder) => this.handles.entry(folder)))
    return entries.flatMap((entry) => (entry.status === 'fulfilled' ? [entry.value] : []))
  }
}

/** A name that is one name, on every system a project may be carried to. Throws 'invalid-parameter' otherwise. */
export function checkedName(name: string): string {
  const trimmed = name.trim()
  const problem =
    trimmed === ''
      ? 'A name is needed'
      : /[/\\:*?"<>|]|\p{Cc}/u.test(trimmed)
        ? 'A name must not hold any of / \\ : * ? " < > |'
        : /^\.|\.$/.test(trimmed)
          ? 'A name must not begin or end with a dot'
          : trimmed.length > 100
            ? 'The name is longer than 100 characters'
            : null
  if (problem === null) return trimmed
  throw new FiligreeError('invalid-parameter', `${problem}. Choose another one.`, { field: 'name' })
}
