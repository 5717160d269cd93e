import type { MethodDescription } from '../../shared/method'
import type { Client } from '../client/client'

/** The catalogue. It does not change while the host runs. */
export class MethodStore {
  list = $state.raw<readonly MethodDescription[]>([])
  readonly solvers = $derived(this.list.filter((method) => method.role === 'solver'))
  readonly generators = $derived(this.list.filter((method) => method.role === 'generator'))
  #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  async load(): Promise<void> {
    this.list = await this.#client.request('methods.list', null)
  }

  get(id: string): MethodDescription | undefined {
    return this.list.find((method) => method.id === id)
  }
}
