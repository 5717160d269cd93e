import { toScreen, type PlaneFrame, type ProjectedPoints } from './plane'

/** Points of the page a cell is wide. */
const cellSide = 12

/** Finds the point nearest to a place of the drawing without looking at all of them. */
export class NearestPoint {
  readonly #across: number
  readonly #down: number
  /** Points in the order of their cells, and where each cell begins. */
  readonly #order: Uint32Array
  readonly #starts: Uint32Array

  constructor(
    readonly points: ProjectedPoints,
    readonly frame: PlaneFrame,
  ) {
    this.#across = Math.max(1, Math.ceil(frame.width / cellSide))
    this.#down = Math.max(1, Math.ceil(frame.height / cellSide))
    const count = points.x.length
    const cells = new Int32Array(count)
    const starts = new Uint32Array(this.#across * this.#down + 1)
    for (let index = 0; index < count; index += 1) {
      const cell = this.#cellOf(index)
      cells[index] = cell
      if (cell >= 0) starts[cell + 1] = (starts[cell + 1] ?? 0) + 1
    }
    for (let cell = 0; cell < starts.length - 1; cell += 1) {
      starts[cell + 1] = (starts[cell + 1] ?? 0) + (starts[cell] ?? 0)
    }
    const next = starts.slice()
    const order = new Uint32Array(starts.at(-1) ?? 0)
    for (let index = 0; index < count; index += 1) {
      const cell = cells[index] ?? -1
      if (cell < 0) continue
      const place = next[cell] ?? 0
      order[place] = index
      next[cell] = place + 1
    }
    this.#order = order
    this.#starts = starts
  }

  /** Index of the point nearest to a place, at most `reach` points of the page away; -1 where there is none. */
  at(left: number, top: number, reach: number): number {
    const cells = Math.ceil(reach / cellSide)
    const column = Math.floor(left / cellSide)
    const row = Math.floor(top / cellSide)
    let best = -1
    let distance = reach * reach
    for (let y = Math.max(0, row - cells); y <= Math.min(this.#down - 1, row + cells); y += 1) {
      for (let x = Math.max(0, column - cells); x <= Math.min(this.#across - 1, column + cells); x += 1) {
        const cell = y * this.#across + x
        for (let place = this.#starts[cell] ?? 0; place < (this.#starts[cell + 1] ?? 0); place += 1) {
          const index = this.#order[place] ?? 0
          const [pointLeft, pointTop] = this.#place(index)
          const away = (pointLeft - left) ** 2 + (pointTop - top) ** 2
          if (away > distance) continue
          distance = away
          best = index
        }
      }
    }
    return best
  }

  #place(index: number): [number, number] {
    return toScreen(this.frame, this.points.x[index] ?? Number.NaN, this.points.y[index] ?? Number.NaN)
  }

  /** -1 for what is not seen. */
  #cellOf(index: number): number {
    const [left, top] = this.#place(index)
    const column = Math.floor(left / cellSide)
    const row = Math.floor(top / cellSide)
    const seen = column >= 0 && row >= 0 && column < this.#across && row < this.#down
    return seen ? row * this.#across + column : -1
  }
}
