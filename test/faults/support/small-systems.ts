/** Values of a small dense matrix by its place, counted from nought; nought is no entry. */
export type SmallMatrix = (row: number, column: number) => number

/** Second differences: positive definite. */
export const chain: SmallMatrix = (row, column) =>
  row === column ? 2 : Math.abs(row - column) === 1 ? -1 : 0

/** Second differences of `size` unknowns between closed ends: constants are sent to nought. */
export const closedChain =
  (size: number): SmallMatrix =>
  (row, column) =>
    row === column && (row === 0 || row === size - 1) ? 1 : chain(row, column)

/** A Matrix Market file: words of the header after 'matrix', then its lines. */
export function marketFile(header: string, lines: readonly string[]): string {
  return `%%MatrixMarket matrix ${header}\n${lines.join('\n')}\n`
}

/** A matrix with all of its entries. */
export function marketMatrix(size: number, value: SmallMatrix): string {
  const entries: string[] = []
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (value(row, column) !== 0) entries.push(`${row + 1} ${column + 1} ${value(row, column)}`)
    }
  }
  return marketFile('coordinate real general', [`${size} ${size} ${entries.length}`, ...entries])
}

/** A right-hand side. */
export function marketVector(values: readonly (number | string)[]): string {
  return marketFile('array real general', [`${values.length} 1`, ...values.map(String)])
}
