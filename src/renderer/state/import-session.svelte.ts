import type { Dataset, ImportChoices, ImportPreview } from '../../shared/dataset'
import { savedRunEnding } from '../../shared/run'
import type { FileEntry } from '../../shared/project'
import type { Client } from '../client/client'
import type { Platform } from '../client/platform'
import { isCancelled, sentenceOf } from './notices.svelte'

/** What the import dialog is about: a new dataset, or the truth of one that is there. */
export type ImportPurpose = { type: 'dataset' } | { type: 'truth'; dataset: Dataset }

const pause = 120

/**
 * One import from "these files" to "there it is": the preview follows every choice, the newest answer wins,
 * and nothing is made before the person says yes.
 */
export class ImportSession {
  open = $state(false)
  purpose = $state.raw<ImportPurpose>({ type: 'dataset' })
  files = $state.raw<readonly FileEntry[]>([])
  choices = $state.raw<ImportChoices>({})
  preview = $state.raw<ImportPreview | null>(null)
  /** What the person calls it; empty takes the proposed name. */
  name = $state('')
  /** One sentence while the files can not be taken as they are. */
  problem = $state<string | null>(null)
  previewing = $state(false)
  importing = $state(false)
  /** Name and fraction of the file on its way, while dropped files are sent. */
  sending = $state.raw<{ name: string; fraction: number } | null>(null)
  readonly ready = $derived(
    this.preview !== null && this.problem === null && !this.previewing && !this.importing,
  )
  #client: Client
  #platform: Platform
  #turn = 0
  /** Breaks off the sending of dropped files. */
  #sendingStop = new AbortController()

  /** Takes a run that was saved as a file. */
  #takeRun: (file: FileEntry) => void

  constructor(client: Client, platform: Platform, takeRun: (file: FileEntry) => void = () => undefined) {
    this.#client = client
    this.#platform = platform
    this.#takeRun = takeRun
  }

  /** Asks for files and starts with them; nothing happens when none were chosen. */
  async choose(purpose: ImportPurpose = { type: 'dataset' }): Promise<void> {
    const title =
      purpose.type === 'dataset' ? 'Choose a dataset' : `Choose the truth of ${purpose.dataset.name}`
    const files = await this.#platform.chooseFiles(title)
    if (files.length > 0) this.begin(files, purpose)
  }

  /** Takes dropped files; the dialog opens at once and shows how they arrive. */
  async receive(files: readonly File[]): Promise<void> {
    this.#reset({ type: 'dataset' }, [])
    const turn = this.#turn
    try {
      const progress = (name: string, fraction: number) => {
        if (turn === this.#turn) this.sending = { name, fraction }
      }
      const entries = await this.#platform.receiveDroppedFiles(files, progress, this.#sendingStop.signal)
      if (turn === this.#turn && this.open) this.begin(entries, { type: 'dataset' })
    } catch (error) {
      if (turn !== this.#turn) return
      this.sending = null
      this.problem = sentenceOf(error)
    }
  }

  /** Shows what files would make. A saved run needs no questions: it is handed on, and nothing is shown here. */
  begin(files: readonly FileEntry[], purpose: ImportPurpose): void {
    const [only] = files
    if (only !== undefined && files.length === 1 && only.name.endsWith(savedRunEnding)) {
      this.close()
      this.#takeRun(only)
      return
    }
    this.#reset(purpose, files)
    void this.#look(0)
  }

  set(key: string, value: string | number | boolean): void {
    this.choices = { ...this.choices, [key]: value }
    void this.#look(pause)
  }

  /** Makes the dataset (or attaches the truth). Answers null, with `problem` set, where that fails. */
  async confirm(): Promise<Dataset | null> {
    this.importing = true
    try {
      const dataset = await this.#commit()
      this.close()
      return dataset
    } catch (error) {
      this.problem = isCancelled(error) ? null : sentenceOf(error)
      return null
    } finally {
      this.importing = false
    }
  }

  close(): void {
    this.#turn += 1
    this.#sendingStop.abort()
    this.open = false
    this.sending = null
  }

  #commit(): Promise<Dataset> {
    const handles = this.files.map((file) => file.handle)
    const { choices, purpose } = this
    if (purpose.type === 'dataset') {
      const name = this.name.trim()
      return this.#client.request('datasets.import', {
        files: handles,
        choices,
        name: name === '' ? null : name,
      })
    }
    const [file] = handles
    if (file === undefined) throw new Error('No file was chosen.')
    return this.#client.request('datasets.attachTruth', { dataset: purpose.dataset.id, file, choices })
  }

  #reset(purpose: ImportPurpose, files: readonly FileEntry[]): void {
    this.#turn += 1
    this.#sendingStop.abort()
    this.#sendingStop = new AbortController()
    this.purpose = purpose
    this.files = files
    this.choices = {}
    this.preview = null
    this.name = ''
    this.problem = null
    this.sending = null
    this.open = true
  }

  async #look(delay: number): Promise<void> {
    this.#turn += 1
    const turn = this.#turn
    this.previewing = true
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
    if (turn !== this.#turn) return
    try {
      const files = this.files.map((file) => file.handle)
      const preview = await this.#client.request('datasets.preview', { files, choices: this.choices })
      if (turn !== this.#turn) return
      this.preview = preview
      this.problem = null
      if (this.name === '') this.name = preview.name
    } catch (error) {
      if (turn === this.#turn) this.problem = sentenceOf(error)
    } finally {
      if (turn === this.#turn) this.previewing = false
    }
  }
}
