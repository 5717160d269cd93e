import { createContext } from 'svelte'
import type { Client, ConnectionState } from '../client/client'
import type { Platform } from '../client/platform'
import { CommandRegistry } from './commands.svelte'
import { DatasetStore } from './datasets.svelte'
import type { FileQuestion } from './file-question.svelte'
import { ImportSession } from './import-session.svelte'
import { MethodStore } from './methods.svelte'
import { NoticeStore } from './notices.svelte'
import { ProjectStore } from './project.svelte'
import type { FileEntry } from '../../shared/project'
import { Router } from './router.svelte'
import { RunStore } from './runs.svelte'
import { TaskStore } from './tasks.svelte'
import { Theme } from './theme.svelte'

/** Everything a page may need; pages get it with `getApp()`. */
export class App {
  connection = $state<ConnectionState>('connecting')
  readonly notices = new NoticeStore()
  readonly router = new Router()
  readonly theme = new Theme()
  readonly commands = new CommandRegistry()
  readonly project: ProjectStore
  readonly datasets: DatasetStore
  readonly runs: RunStore
  readonly methods: MethodStore
  readonly tasks: TaskStore
  readonly importing: ImportSession

  /** The project the lists belong to. */
  #folder: string | null = null

  constructor(
    readonly client: Client,
    readonly platform: Platform,
    /** The built-in file dialog's question; stays empty in Electron. */
    readonly fileQuestion: FileQuestion,
  ) {
    this.project = new ProjectStore(client)
    this.datasets = new DatasetStore(client)
    this.runs = new RunStore(client)
    this.methods = new MethodStore(client)
    this.tasks = new TaskStore(client)
    this.importing = new ImportSession(client, platform, (file) => this.attempt(this.#takeRun(file)))
    client.listen('notice', ({ level, message }) => this.notices.show(level, message))
    client.listen('project.changed', (project) => {
      if (project === null) this.#clearProject()
      else this.attempt(this.#loadProject())
    })
    client.onConnection((state) => {
      this.connection = state
      if (state === 'open') this.attempt(this.#load())
    })
  }

  /** Shows a failure of work that nobody awaits. */
  attempt(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.notices.fail(error))
  }

  /** Brings in a run that was saved as a file, and shows it. */
  async #takeRun(file: FileEntry): Promise<void> {
    const record = await this.client.request('runs.import', { file: file.handle })
    this.notices.show('success', `${file.name} is run ${record.number} of this project now.`)
    this.router.go('runs', record.id)
  }

  async #load(): Promise<void> {
    await Promise.all([this.project.load(), this.methods.load(), this.tasks.load()])
    if (this.project.current === null) this.#clearProject()
    else await this.#loadProject()
  }

  async #loadProject(): Promise<void> {
    const folder = this.project.current?.folder ?? null
    // Lists of another project must not be seen under this one's name, not even for a moment.
    if (folder !== this.#folder) this.#clearProject()
    this.#folder = folder
    await Promise.all([this.datasets.load(), this.runs.load()])
  }

  #clearProject(): void {
    this.datasets.clear()
    this.runs.clear()
  }
}

export const [getApp, setApp] = createContext<App>()
