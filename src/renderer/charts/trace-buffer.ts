/** The rows of a trace as they grow: an iteration, then a value for each column. Reading gives views, not copies. */
export class TraceBuffer {
  readonly #columns: Float64Array[]
  #length = 0

  /** `width` counts the iteration too. */
  constructor(readonly width: number) {
    this.#columns = Array.from({ length: width }, () => new Float64Array(64))
  }

  get length(): number {
    return this.#length
  }

  /** The newest iteration; below every iteration while the trace is empty. */
  get last(): number {
    return this.#length === 0 ? Number.NEGATIVE_INFINITY : (this.#columns[0]?.[this.#length - 1] ?? 0)
  }

  /** One column so far; 0 is the iteration. */
  column(index: number): Float64Array {
    return (this.#columns[index] ?? new Float64Array(0)).subarray(0, this.#length)
  }

  /** Takes rows that are newer than what is here; a row that came by two ways counts once. */
  append(rows: readonly ArrayLike<number>[]): void {
    for (const row of rows) {
      if (row.length === this.width && (row[0] ?? Number.NaN) > this.last) this.#push(row)
    }
  }

  /** Puts a whole trace (rows × width, C order) under the rows that came meanwhile. */
  load(values: ArrayLike<number>): void {
    const newer: number[][] = []
    for (let row = 0; row < this.#length; row += 1) {
      newer.push(this.#columns.map((column) => column[row] ?? Number.NaN))
    }
    this.#length = 0
    const count = Math.floor(values.length / this.width)
    for (let row = 0; row < count; row += 1) {
      this.#push(
        Array.from({ length: this.width }, (_, column) => values[row * this.width + column] ?? Number.NaN),
      )
    }
    this.append(newer)
  }

  #push(row: ArrayLike<number>): void {
    this.#columns.forEach((column, index) => {
      const room = column.length > this.#length ? column : grown(column)
      room[this.#length] = row[index] ?? Number.NaN
      this.#columns[index] = room
    })
    this.#length += 1
  }
}

function grown(column: Float64Array): Float64Array {
  const room = new Float64Array(column.length * 2)
  room.set(column)
  return room
}
