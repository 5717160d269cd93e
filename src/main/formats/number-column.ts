/** Numbers kept in pieces: a column of a table that grows without ever being copied. */
export class NumberColumn {
  private readonly pieces: Float64Array[] = []
  length = 0
  minimum = Number.POSITIVE_INFINITY
  maximum = Number.NEGATIVE_INFINITY
  /** Whether every number so far is whole; NaN is not. */
  whole = true

  private static readonly bits = 16
  private static readonly size = 2 ** NumberColumn.bits

  push(value: number): void {
    const at = this.length & (NumberColumn.size - 1)
    if (at === 0) this.pieces.push(new Float64Array(NumberColumn.size))
    const piece = this.pieces[this.length >>> NumberColumn.bits]
    if (piece !== undefined) piece[at] = value
    this.length += 1
    if (value < this.minimum) this.minimum = value
    if (value > this.maximum) this.maximum = value
    if (this.whole && !Number.isInteger(value)) this.whole = false
  }

  at(index: number): number {
    return this.pieces[index >>> NumberColumn.bits]?.[index & (NumberColumn.size - 1)] ?? Number.NaN
  }

  /** The distinct numbers, rising. */
  distinct(): number[] {
    const values = new Float64Array(this.length)
    this.pieces.forEach((piece, index) => {
      const start = index * NumberColumn.size
      values.set(piece.subarray(0, Math.min(NumberColumn.size, this.length - start)), start)
    })
    values.sort()
    const distinct: number[] = []
    for (const value of values) if (value !== distinct.at(-1)) distinct.push(value)
    return distinct
  }
}
