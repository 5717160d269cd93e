/** The rows and columns of a matrix that are seen; whole numbers, both counted from 0. */
export interface MatrixWindow {
  firstRow: number
  rowCount: number
  firstColumn: number
  columnCount: number
}

/** Size of a matrix. */
export interface MatrixSize {
  rows: number
  columns: number
}

/** Fewest rows and columns that are zoomed into. */
const fewest = 8

/** All of a matrix. */
export function wholeMatrix({ rows, columns }: MatrixSize): MatrixWindow {
  return { firstRow: 0, rowCount: rows, firstColumn: 0, columnCount: columns }
}

/** Whether all of the matrix is seen. */
export function isWhole(window: MatrixWindow, { rows, columns }: MatrixSize): boolean {
  return window.rowCount === rows && window.columnCount === columns
}

/** Zooms by a factor; the entry under a point, told as shares of the picture from 0 to 1, stays where it is. */
export function zoomedWindow(
  size: MatrixSize,
  window: MatrixWindow,
  factor: number,
  point: { down: number; right: number },
): MatrixWindow {
  const [firstRow, rowCount] = zoomedSide(size.rows, window.firstRow, window.rowCount, factor, point.down)
  const [firstColumn, columnCount] = zoomedSide(
    size.columns,
    window.firstColumn,
    window.columnCount,
    factor,
    point.right,
  )
  return { firstRow, rowCount, firstColumn, columnCount }
}

/** Moves by shares of the picture: positive ones show later rows and columns. */
export function movedWindow(
  { rows, columns }: MatrixSize,
  window: MatrixWindow,
  down: number,
  right: number,
): MatrixWindow {
  const { rowCount, columnCount } = window
  return {
    ...window,
    firstRow: inside(window.firstRow + Math.round(down * rowCount), rowCount, rows),
    firstColumn: inside(window.firstColumn + Math.round(right * columnCount), columnCount, columns),
  }
}

function zoomedSide(
  length: number,
  first: number,
  count: number,
  factor: number,
  share: number,
): [number, number] {
  // A step that rounds to nothing would never get anywhere.
  const wanted = factor > 1 ? Math.min(count - 1, count / factor) : Math.max(count + 1, count / factor)
  const next = Math.min(length, Math.max(Math.min(fewest, length), Math.round(wanted)))
  const under = first + share * count
  return [inside(Math.round(under - share * next), next, length), next]
}

function inside(first: number, count: number, length: number): number {
  return Math.max(0, Math.min(length - count, first))
}

/** First and last row (or column) of a cell, as the host counts them: cell = ⌊offset · cells / count⌋. */
export function cellRange(first: number, count: number, cells: number, cell: number): [number, number] {
  return [first + Math.ceil((cell * count) / cells), first + Math.ceil(((cell + 1) * count) / cells) - 1]
}
