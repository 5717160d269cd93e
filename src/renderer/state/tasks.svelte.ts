import { SvelteMap } from 'svelte/reactivity'
import type { Task } from '../../shared/project'
import type { Client } from '../client/client'

/** Long work that is not a run: imports, reports, hashes, and uploads of this window. */
export class TaskStore {
  readonly #tasks = new SvelteMap<string, Task>()
  readonly running = $derived([...this.#tasks.values()].filter((task) => task.state === 'running'))
  #client: Client

  constructor(client: Client) {
    this.#client = client
    client.listen('task.changed', (task) => this.put(task))
  }

  async load(): Promise<void> {
    const tasks = await this.#client.request('tasks.list', null)
    this.#tasks.clear()
    for (const task of tasks) this.put(task)
  }

  put(task: Task): void {
    if (task.state === 'running') this.#tasks.set(task.id, task)
    else this.#tasks.delete(task.id)
  }
}
