import type { Dataset } from '../../shared/dataset'
import type { Client } from '../client/client'

/** The datasets of the open project, newest first. */
export class DatasetStore {
  list = $state.raw<readonly Dataset[]>([])
  /** False until the first list came. */
  known = $state(false)
  #client: Client

  constructor(client: Client) {
    this.#client = client
    client.listen('datasets.changed', () => void this.load())
  }

  async load(): Promise<void> {
    this.list = newestFirst(await this.#client.request('datasets.list', null))
    this.known = true
  }

  /** Takes in a dataset that was just made, so that its page can open before the list comes anew. */
  put(dataset: Dataset): void {
    this.list = newestFirst([...this.list.filter((other) => other.id !== dataset.id), dataset])
  }

  clear(): void {
    this.list = []
    this.known = false
  }

  get(id: string): Dataset | undefined {
    return this.list.find((dataset) => dataset.id === id)
  }

  async rename(dataset: string, name: string): Promise<void> {
    await this.#client.request('datasets.rename', { dataset, name })
    await this.load()
  }

  async delete(dataset: string): Promise<void> {
    await this.#client.request('datasets.delete', { dataset })
    await this.load()
  }

  async restore(dataset: string): Promise<void> {
    await this.#client.request('datasets.restore', { dataset })
    await this.load()
  }
}

function newestFirst(list: readonly Dataset[]): Dataset[] {
  return list.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt))
}
