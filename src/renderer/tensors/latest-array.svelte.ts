import { fetchArray, type DataArray } from '../client/data'
import { sentenceOf } from '../state/notices.svelte'

/**
 * The array at an address that changes while a person moves a slider: the newest answer stays until the next one is
 * there, and what is overtaken is not waited for.
 */
export class LatestArray {
  array = $state.raw<DataArray | null>(null)
  problem = $state<string | null>(null)
  busy = $state(false)
  #leaving = new AbortController()

  /** Fetches an address; call it from an effect that reads the address, and return what it gives. */
  show(address: string): () => void {
    this.#leaving.abort()
    const leaving = new AbortController()
    this.#leaving = leaving
    this.busy = true
    fetchArray(address, leaving.signal).then(
      (array) => {
        if (leaving.signal.aborted) return
        this.array = array
        this.problem = null
        this.busy = false
      },
      (error: unknown) => {
        if (leaving.signal.aborted) return
        this.problem = sentenceOf(error)
        this.busy = false
      },
    )
    return () => leaving.abort()
  }
}
