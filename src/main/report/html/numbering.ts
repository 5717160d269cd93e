/** Counts the figures and tables of one document. */
export class Numbering {
  #figures = 0
  #tables = 0

  /** The number of the next figure. */
  figure(): number {
    this.#figures += 1
    return this.#figures
  }

  /** The number of the next table. */
  table(): number {
    this.#tables += 1
    return this.#tables
  }
}
