import type { ArraySummary } from '../../shared/dataset'
import { figure, counted } from './wording'

/** Counts values in the order of an array's shape (C order) while they pass by. */
export class ArraySummariser {
  private count = 0
  private nanCount = 0
  private infiniteCount = 0
  private negativeCount = 0
  private noDataCount = 0
  private firstInvalid: number | null = null
  private firstNegative: number | null = null
  private minimum = Number.POSITIVE_INFINITY
  private maximum = Number.NEGATIVE_INFINITY
  private sum = 0

  /** @param scale factor that turns stored numbers into physical ones; no-data is compared before it. */
  constructor(
    private readonly shape: readonly number[],
    private readonly scale = 1,
    private readonly noDataValue: number | null = null,
  ) {}

  /** The next values in C order, as the file keeps them. */
  add(values: ArrayLike<number>): void {
    this.addUnless(values, null)
  }

  /** As `add`; entries whose flag is set are counted as missing, whatever they hold. Gives how many that were. */
  addUnless(values: ArrayLike<number>, missing: Uint8Array | null): number {
    const before = this.noDataCount
    // A sum a piece, then of the pieces: keeps the mean of 10⁹ values to a dozen digits.
    let sum = 0
    for (let i = 0; i < values.length; i += 1) {
      const stored = values[i] ?? Number.NaN
      if (stored === this.noDataValue || (missing !== null && missing[i] !== 0)) {
        this.noDataCount += 1
        continue
      }
      const value = stored * this.scale
      if (value - value !== 0) {
        if (Number.isNaN(value)) this.nanCount += 1
        else this.infiniteCount += 1
        this.firstInvalid ??= this.count + i
        continue
      }
      if (value < 0) {
        this.negativeCount += 1
        this.firstNegative ??= this.count + i
      }
      if (value < this.minimum) this.minimum = value
      if (value > this.maximum) this.maximum = value
      sum += value
    }
    this.sum += sum
    this.count += values.length
    return this.noDataCount - before
  }

  summary(): ArraySummary {
    const finite = this.count - this.nanCount - this.infiniteCount - this.noDataCount
    return {
      count: this.count,
      nanCount: this.nanCount,
      infiniteCount: this.infiniteCount,
      negativeCount: this.negativeCount,
      noDataCount: this.noDataCount,
      firstInvalid: this.position(this.firstInvalid),
      firstNegative: this.position(this.firstNegative),
      minimum: finite > 0 ? this.minimum : null,
      maximum: finite > 0 ? this.maximum : null,
      // A sum beyond the largest double has no mean that could be kept.
      mean: finite > 0 && Number.isFinite(this.sum) ? this.sum / finite : null,
    }
  }

  private position(flat: number | null): number[] | null {
    if (flat === null) return null
    const position: number[] = []
    let rest = flat
    for (const size of this.shape.toReversed()) {
      position.unshift(rest % size)
      rest = Math.floor(rest / size)
    }
    return position
  }
}

/** What a person should know of a cube's numbers, as sentences; nothing where all is well. */
export function summaryNotes(summary: ArraySummary): string[] {
  const notes: string[] = []
  const invalid = summary.nanCount + summary.infiniteCount
  if (invalid > 0) {
    const kinds = [
      summary.nanCount > 0 ? counted(summary.nanCount, 'value is NaN', 'values are NaN') : '',
      summary.infiniteCount > 0
        ? counted(summary.infiniteCount, 'value is infinite', 'values are infinite')
        : '',
    ].filter((kind) => kind !== '')
    notes.push(
      `${kinds.join(' and ')}; the first is at ${cubePosition(summary.firstInvalid)}. A run stops there unless it is told to leave such pixels out.`,
    )
  }
  if (summary.negativeCount > 0) {
    notes.push(
      `${counted(summary.negativeCount, 'value is negative', 'values are negative')}, down to ${figure(summary.minimum ?? 0)}; the first is at ${cubePosition(summary.firstNegative)}. Methods that need non-negative data ask what to do with them.`,
    )
  }
  if (summary.noDataCount > 0) {
    notes.push(
      `${counted(summary.noDataCount, 'value marks', 'values mark')} missing data; such pixels are left out of every run.`,
    )
  }
  return notes
}

/** 'line 3, sample 7, band 0 (counted from 0)'. */
export function cubePosition(position: readonly number[] | null): string {
  const [line, sample, band] = position ?? []
  return `line ${String(line)}, sample ${String(sample)}, band ${String(band)} (counted from 0)`
}
