import type { ReportRecord } from '../../shared/project'
import type { Client } from '../client/client'
import { sentenceOf } from '../state/notices.svelte'

/** The reports of the open project, newest first. */
export class ReportStore {
  list = $state.raw<readonly ReportRecord[]>([])
  /** False until the first list came. */
  known = $state(false)
  problem = $state<string | null>(null)
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Starts reading and listening; returns the way to stop (fits `$effect`). */
  start(): () => void {
    void this.load()
    return this.#client.listen('reports.changed', () => void this.load())
  }

  async load(): Promise<void> {
    try {
      const list = await this.#client.request('reports.list', null)
      this.list = list.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt))
      this.problem = null
    } catch (error) {
      this.problem = sentenceOf(error)
    } finally {
      this.known = true
    }
  }
}
