/**
 * Does the newest of many wishes once before the next picture of the screen: a pointer may move far more often than
 * anything can be drawn.
 */
export class NextFrame {
  #wish: (() => void) | null = null

  do(wish: () => void): void {
    const waiting = this.#wish !== null
    this.#wish = wish
    if (waiting) return
    requestAnimationFrame(() => {
      const newest = this.#wish
      this.#wish = null
      newest?.()
    })
  }

  /** Forgets what has not been done yet. */
  forget(): void {
    if (this.#wish !== null) this.#wish = nothing
  }
}

function nothing(): void {
  // What was wished for is over: the frame that was asked for comes all the same.
}
