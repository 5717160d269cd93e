import type { ProjectInfo, RecentProject } from '../../shared/project'
import type { RequestOutput } from '../../shared/protocol'
import type { Client } from '../client/client'

/** The open project and the ones that were open before. */
export class ProjectStore {
  /** Null while none is open. */
  current = $state.raw<ProjectInfo | null>(null)
  recent = $state.raw<readonly RecentProject[]>([])
  app = $state.raw<RequestOutput<'app.info'> | null>(null)
  /** False until the host said whether a project is open. */
  known = $state(false)
  readonly readOnly = $derived(this.current?.readOnly ?? false)
  #client: Client

  constructor(client: Client) {
    this.#client = client
    client.listen('project.changed', (project) => {
      this.current = project
      void this.loadRecent()
    })
  }

  async load(): Promise<void> {
    const [app, current] = await Promise.all([
      this.#client.request('app.info', null),
      this.#client.request('project.current', null),
    ])
    this.app = app
    this.current = current
    this.known = true
    await this.loadRecent()
  }

  async loadRecent(): Promise<void> {
    this.recent = await this.#client.request('project.recent', null)
  }

  async create(folder: string, name: string): Promise<void> {
    this.current = await this.#client.request('project.create', { folder, name })
  }

  async open(folder: string): Promise<void> {
    this.current = await this.#client.request('project.open', { folder })
  }

  async close(): Promise<void> {
    await this.#client.request('project.close', null)
    this.current = null
  }

  /** Makes the sample project and answers the id of its dataset. */
  async trySample(): Promise<string> {
    const { project, dataset } = await this.#client.request('project.trySample', null)
    this.current = project
    return dataset.id
  }

  async forget(handle: string): Promise<void> {
    this.recent = await this.#client.request('project.forget', { handle })
  }
}
