import { SvelteMap } from 'svelte/reactivity'
import { dataAddress } from '../../shared/data-address'
import { fetchArray } from '../client/data'
import { sentenceOf } from '../state/notices.svelte'
import { summaryOf, type ColumnSummary } from './column-summary'

/** Rows fetched at once. */
const rowsAtOnce = 500

/** The numbers of a table as they come into sight: whole columns and blocks of rows, each fetched once. */
export class TableNumbers {
  problem = $state<string | null>(null)
  readonly columns = new SvelteMap<number, Float64Array>()
  readonly summaries = new SvelteMap<number, ColumnSummary>()
  readonly #blocks = new SvelteMap<number, Float64Array>()
  readonly #asked = new Set<string>()
  readonly #dataset: string
  readonly #width: number
  readonly #leaving = new AbortController()

  constructor(dataset: string, width: number) {
    this.#dataset = dataset
    this.#width = width
  }

  /** Asks for a column with its summary, unless it is there or on its way. */
  needColumn(column: number): void {
    this.#ask(`column ${column}`, dataAddress.tableColumn(this.#dataset, column), (values) => {
      this.columns.set(column, values)
      this.summaries.set(column, summaryOf(values))
    })
  }

  /** Asks for the rows from `first` to `last`. */
  needRows(first: number, last: number): void {
    for (let block = Math.floor(first / rowsAtOnce); block * rowsAtOnce <= last; block += 1) {
      const address = dataAddress.tableRows(this.#dataset, block * rowsAtOnce, rowsAtOnce)
      this.#ask(`rows ${block}`, address, (values) => this.#blocks.set(block, values))
    }
  }

  /** A number of the table; undefined while it is on its way. */
  at(row: number, column: number): number | undefined {
    const block = Math.floor(row / rowsAtOnce)
    return this.#blocks.get(block)?.[(row - block * rowsAtOnce) * this.#width + column]
  }

  /** Breaks off what is on its way. */
  close(): void {
    this.#leaving.abort()
  }

  #ask(key: string, address: string, take: (values: Float64Array) => void): void {
    if (this.#asked.has(key)) return
    this.#asked.add(key)
    fetchArray(address, this.#leaving.signal).then(
      ({ values }) => take(Float64Array.from(values)),
      (error: unknown) => {
        this.#asked.delete(key)
        if (!this.#leaving.signal.aborted) this.problem = sentenceOf(error)
      },
    )
  }
}
