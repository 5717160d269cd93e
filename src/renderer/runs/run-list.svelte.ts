import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import type { RunSummary } from '../../shared/run'
import type { Client } from '../client/client'
import { sentenceOf } from '../state/notices.svelte'

const pageSize = 200

/** The run table's rows: found, sorted and fetched by the host a page at a time, however many there are. */
export class RunList {
  query = $state('')
  sort = $state('number')
  descending = $state(true)
  /** Runs the query finds; null until the first answer. */
  total = $state<number | null>(null)
  /** Why the query cannot be answered. */
  problem = $state<string | null>(null)
  readonly #pages = new SvelteMap<number, readonly RunSummary[]>()
  readonly #asked = new SvelteSet<number>()
  readonly #client: Client
  #generation = 0
  #range: readonly [number, number] = [0, 0]

  constructor(client: Client) {
    this.#client = client
  }

  /** The run in a row; undefined while it is being fetched. */
  row(index: number): RunSummary | undefined {
    return this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize]
  }

  /** Every row that is here, in order. */
  get loaded(): RunSummary[] {
    return [...this.#pages].toSorted(([one], [other]) => one - other).flatMap(([, runs]) => runs)
  }

  /** Asks anew: the rows in sight stay until the new ones are here. */
  async reload(): Promise<void> {
    this.#generation += 1
    this.#asked.clear()
    const generation = this.#generation
    const wanted = this.#wantedPages()
    const pages = await Promise.all(wanted.map((page) => this.#fetch(page, generation)))
    if (generation !== this.#generation) return
    for (const page of this.#pages.keys()) if (!wanted.includes(page)) this.#pages.delete(page)
    pages.forEach((runs, place) => {
      if (runs !== null) this.#pages.set(wanted[place] ?? 0, runs)
    })
  }

  /** Fetches the rows that came into sight. */
  show(first: number, last: number): void {
    this.#range = [first, last]
    const generation = this.#generation
    for (const page of this.#wantedPages()) {
      if (this.#pages.has(page) || this.#asked.has(page)) continue
      void this.#fetch(page, generation).then((runs) => {
        if (runs !== null && generation === this.#generation) this.#pages.set(page, runs)
      })
    }
  }

  /** Sorts by a column; the same one again turns the order round. */
  sortBy(sort: string, descendingFirst: boolean): void {
    this.descending = this.sort === sort ? !this.descending : descendingFirst
    this.sort = sort
  }

  #wantedPages(): number[] {
    const first = Math.floor(this.#range[0] / pageSize)
    const last = Math.floor(this.#range[1] / pageSize)
    return Array.from({ length: last - first + 1 }, (_, step) => first + step)
  }

  async #fetch(page: number, generation: number): Promise<readonly RunSummary[] | null> {
    this.#asked.add(page)
    const { query, sort, descending } = this
    try {
      const answer = await this.#client.request('runs.list', {
        query,
        sort,
        descending,
        offset: page * pageSize,
        limit: pageSize,
      })
      if (generation !== this.#generation) return null
      this.total = answer.total
      this.problem = null
      return answer.runs
    } catch (error) {
      this.#asked.delete(page)
      if (generation === this.#generation) this.problem = sentenceOf(error)
      return null
    }
  }
}
