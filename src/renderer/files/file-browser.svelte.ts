import type { FileEntry, FileListing } from '../../shared/project'
import type { Client } from '../client/client'
import { sentenceOf } from '../state/notices.svelte'

/** Folders first, then by name as people count: file2 before file10. Hidden entries are left out. */
export function visibleEntries(entries: readonly FileEntry[], filter: string): FileEntry[] {
  const wanted = filter.trim().toLowerCase()
  return entries
    .filter((entry) => !entry.name.startsWith('.') && entry.name.toLowerCase().includes(wanted))
    .toSorted(
      (one, other) =>
        Number(other.kind === 'folder') - Number(one.kind === 'folder') ||
        one.name.localeCompare(other.name, undefined, { numeric: true, sensitivity: 'base' }),
    )
}

/** Where the built-in file dialog is, what it shows there, and what is chosen. */
export class FileBrowser {
  places = $state.raw<readonly FileEntry[]>([])
  listing = $state.raw<FileListing | null>(null)
  filter = $state('')
  /** Row the keyboard is on. */
  cursor = $state(0)
  chosen = $state.raw<readonly FileEntry[]>([])
  /** One sentence: a path that is not there, a folder that could not be made. */
  problem = $state<string | null>(null)
  readonly entries = $derived(visibleEntries(this.listing?.entries ?? [], this.filter))
  readonly folder = $derived(this.listing?.trail.at(-1) ?? null)
  readonly parent = $derived(this.listing?.trail.at(-2) ?? null)
  #client: Client
  #turn = 0

  constructor(client: Client) {
    this.#client = client
  }

  /** Starts in the first place, or in the folder it was left in. */
  async start(): Promise<void> {
    this.chosen = []
    this.filter = ''
    this.problem = null
    try {
      this.places = await this.#client.request('files.places', null)
      const first = this.folder ?? this.places[0]
      if (first !== undefined) await this.open(first)
    } catch (error) {
      this.problem = sentenceOf(error)
    }
  }

  async open(folder: FileEntry): Promise<void> {
    this.#turn += 1
    const turn = this.#turn
    try {
      const listing = await this.#client.request('files.list', { folder: folder.handle })
      if (turn !== this.#turn) return
      this.listing = listing
      this.problem = listing.problem
      this.filter = ''
      this.cursor = 0
      this.chosen = []
    } catch (error) {
      if (turn === this.#turn) this.problem = sentenceOf(error)
    }
  }

  /** Goes to a path that was typed or pasted; a file is chosen inside its folder. Answers the file. */
  async locate(path: string): Promise<FileEntry | null> {
    try {
      const entry = await this.#client.request('files.locate', { path: path.trim() })
      if (entry.kind === 'file') return entry
      await this.open(entry)
    } catch (error) {
      this.problem = sentenceOf(error)
    }
    return null
  }

  async makeFolder(name: string): Promise<boolean> {
    if (this.folder === null) return false
    try {
      await this.open(await this.#client.request('files.makeFolder', { folder: this.folder.handle, name }))
      return true
    } catch (error) {
      this.problem = sentenceOf(error)
      return false
    }
  }

  isChosen(entry: FileEntry): boolean {
    return this.chosen.some((other) => other.handle === entry.handle)
  }

  choose(entry: FileEntry, add: boolean): void {
    if (!add) this.chosen = [entry]
    else if (this.isChosen(entry)) this.chosen = this.chosen.filter((other) => other.handle !== entry.handle)
    else this.chosen = [...this.chosen, entry]
  }
}
