import type { JobProgress } from './messages'

const shortestMilliseconds = 100

/** Passes progress on at most ten times a second; rows that wait are handed over together. */
export class ProgressThrottle {
  private waiting: JobProgress | null = null
  private timer: NodeJS.Timeout | null = null
  private sentAt = Number.NEGATIVE_INFINITY

  constructor(private readonly send: (progress: JobProgress) => void) {}

  add(progress: JobProgress): void {
    this.waiting = { ...progress, rows: [...(this.waiting?.rows ?? []), ...progress.rows] }
    if (this.timer !== null) return
    const rest = this.sentAt + shortestMilliseconds - performance.now()
    if (rest <= 0) this.flush()
    else this.timer = setTimeout(() => this.flush(), rest)
  }

  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    if (this.waiting === null) return
    const progress = this.waiting
    this.waiting = null
    this.sentAt = performance.now()
    this.send(progress)
  }
}
