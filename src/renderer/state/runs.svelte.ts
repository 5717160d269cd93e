import { SvelteMap } from 'svelte/reactivity'
import { isFinished, type RunProgress, type RunSummary } from '../../shared/run'
import type { Client } from '../client/client'

const latestCount = 12

/**
 * What the whole app needs to know of runs: the newest ones, those under way, and their progress. The run
 * table asks for its own pages; `changes` tells it when to ask again.
 */
export class RunStore {
  latest = $state.raw<readonly RunSummary[]>([])
  total = $state(0)
  known = $state(false)
  /** Grows with every `runs.changed`. */
  changes = $state(0)
  /** Newest progress of every run under way, by run id. Its rows are only those of that one message. */
  readonly progress = new SvelteMap<string, RunProgress>()
  /** Every unfinished run, by id: kept apart because they may be older than the newest twelve. */
  readonly #unfinished = new SvelteMap<string, RunSummary>()
  readonly active = $derived([...this.#unfinished.values()].sort((one, other) => one.number - other.number))
  #client: Client

  constructor(client: Client) {
    this.#client = client
    client.listen('run.progress', (progress) => this.#note(progress))
    client.listen('runs.changed', ({ runs, removed }) => {
      for (const run of runs) this.#remember(run)
      for (const id of removed) this.#forget(id)
      this.changes += 1
      void this.#loadLatest()
    })
  }

  async load(): Promise<void> {
    const query = 'state:queued OR state:running OR state:cancelling'
    const [unfinished] = await Promise.all([
      this.#client.request('runs.list', { query, sort: 'number', descending: false, offset: 0, limit: 1000 }),
      this.#loadLatest(),
    ])
    this.#unfinished.clear()
    for (const run of unfinished.runs) this.#remember(run)
    this.changes += 1
    this.known = true
  }

  clear(): void {
    this.latest = []
    this.total = 0
    this.known = false
    this.progress.clear()
    this.#unfinished.clear()
  }

  cancel(run: string): Promise<null> {
    return this.#client.request('runs.cancel', { run })
  }

  async #loadLatest(): Promise<void> {
    const answer = await this.#client.request('runs.list', {
      query: '',
      sort: 'number',
      descending: true,
      offset: 0,
      limit: latestCount,
    })
    this.latest = answer.runs
    this.total = answer.total
  }

  #note(progress: RunProgress): void {
    if (isFinished(progress.state)) this.progress.delete(progress.run)
    else this.progress.set(progress.run, progress)
  }

  #remember(run: RunSummary): void {
    if (isFinished(run.state)) this.#forget(run.id)
    else this.#unfinished.set(run.id, run)
  }

  #forget(id: string): void {
    this.#unfinished.delete(id)
    this.progress.delete(id)
  }
}
