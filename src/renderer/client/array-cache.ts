import { fetchArray, type DataArray } from './data'

/** Arrays by their address, each fetched once, whoever asks; a fetch that failed may be tried again. */
export class ArrayCache {
  readonly #arrays = new Map<string, Promise<DataArray>>()

  get(address: string): Promise<DataArray> {
    let array = this.#arrays.get(address)
    if (array === undefined) {
      array = fetchArray(address)
      array.catch(() => this.#arrays.delete(address))
      this.#arrays.set(address, array)
    }
    return array
  }
}
