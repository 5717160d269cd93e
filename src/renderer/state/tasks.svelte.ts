import { SvelteMap } from 'svelte/reactivity'
import type { Task } from '../../shared/project'
import type { Client } from '../client/client'

/** Long work that is not a run: imports, reports, hashes, and uploads of this window. */
export class TaskStore {
  readonly #tasks = new SvelteMap<string, Task>()
  readonly running = $derived([...this.#tasks.values()].filter((task) => task.state === 'running'))
  /** The one that began last: what a dialog that just asked for work waits for. */
  readonly newest = $derived(this.running.at(-1) ?? null)
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

  /** Stops a task; whoever waits for it is told. */
  async cancel(id: string): Promise<void> {
    await this.#client.request('tasks.cancel', { task: id })
  }

  put(task: Task): void {
    if (task.state === 'running') this.#tasks.set(task.id, task)
    else this.#tasks.delete(task.id)
  }
}
