import { FiligreeError } from '../../shared/failure'
import { NumberColumn } from './number-column'
import { counted, grouped } from './wording'

/** Longest line that is read, and most numbers of one. */
const longestLine = 64 * 1024
const mostModes = 32
/** Most entries that are held in memory while a file is read. */
export const mostEntries = 2 ** 27

/** What a .tns file says: a column an index, and the values. Indices are as they are written. */
export interface TnsText {
  indices: NumberColumn[]
  values: NumberColumn
  /** Sizes a header line announces; null where there is none. */
  sizes: number[] | null
}

const newline = 10
const carriageReturn = 13
const blank = 32
const tab = 9
const zero = 48
const nine = 57
const comments: readonly number[] = [35, 37]

/**
 * Reads FROSTT text (.tns): a line an entry, its indices and then its value. Before the entries there may be a line
 * with the sizes, or with the number of modes (and of entries) and then one with the sizes. Lines that begin with # or %
 * are comments. Feed it pieces of bytes; lines may be cut anywhere.
 */
export class TnsReader {
  private rest: Uint8Array = new Uint8Array(0)
  private line = 0
  /** Lines before it is clear how many numbers an entry has. */
  private first: { numbers: number[]; line: number }[] | null = []
  private width = 0
  private readonly numbers = new Float64Array(mostModes + 1)
  readonly text: TnsText = { indices: [], values: new NumberColumn(), sizes: null }

  constructor(
    private readonly name: string,
    /** Entries after which the rest is left unread. */
    private readonly limit = mostEntries,
  ) {}

  /** True once as many entries as were asked for are there. */
  get full(): boolean {
    return this.text.values.length >= this.limit
  }

  add(piece: Uint8Array): void {
    const bytes = this.rest.length === 0 ? piece : joined(this.rest, piece)
    let start = 0
    for (;;) {
      const end = bytes.indexOf(newline, start)
      if (end < 0) break
      this.readLine(bytes, start, end)
      start = end + 1
      if (this.full) return
    }
    this.rest = bytes.slice(start)
    if (this.rest.length > longestLine) {
      throw this.wrong(this.line + 1, `is longer than ${counted(longestLine, 'byte')}: this is no .tns file`)
    }
  }

  /** The end of the text: a last line may lack its end. */
  finish(): TnsText {
    if (!this.full && this.rest.length > 0) this.readLine(this.rest, 0, this.rest.length)
    if (this.first !== null && this.first.length > 0) this.settle(this.first)
    if (this.text.values.length === 0) {
      throw new FiligreeError('invalid-file', `${this.name} holds no entries.`)
    }
    return this.text
  }

  private readLine(bytes: Uint8Array, start: number, end: number): void {
    this.line += 1
    const count = this.numbersOf(bytes, start, end)
    if (count === 0) return
    if (this.first !== null) {
      this.first.push({ numbers: [...this.numbers.subarray(0, count)], line: this.line })
      if (this.first.length === 3) this.settle(this.first)
    } else {
      if (count !== this.width) throw this.wrongWidth(this.line, count)
      this.push(this.numbers, this.line)
    }
  }

  /** Decides from the first lines whether there is a header, and takes the others as entries. */
  private settle(first: { numbers: number[]; line: number }[]): void {
    this.first = null
    const widths = first.map(({ numbers }) => numbers.length)
    this.width = widths.at(-1) ?? 0
    const modes = this.width - 1
    if (modes < 1) {
      throw this.wrong(first.at(-1)?.line ?? 1, 'has a single number, but an entry has indices and a value')
    }
    const [one, two] = first
    let entries = first
    if (first.length === 3 && widths[1] === modes && widths[0] !== this.width && one?.numbers[0] === modes) {
      this.text.sizes = two?.numbers ?? null
      entries = first.slice(2)
    } else if (first.length > 1 && widths[0] === modes) {
      this.text.sizes = one?.numbers ?? null
      entries = first.slice(1)
    }
    const wrongSize = this.text.sizes?.find((size) => !Number.isSafeInteger(size) || size < 1)
    if (wrongSize !== undefined) {
      throw this.wrong(one?.line ?? 1, `announces a size of ${wrongSize}, which no mode can have`)
    }
    this.text.indices = Array.from({ length: modes }, () => new NumberColumn())
    for (const { numbers, line } of entries) {
      if (numbers.length !== this.width) throw this.wrongWidth(line, numbers.length)
      this.push(numbers, line)
    }
  }

  private push(numbers: ArrayLike<number>, line: number): void {
    const { indices, values } = this.text
    for (let mode = 0; mode < indices.length; mode += 1) {
      const index = numbers[mode] ?? Number.NaN
      if (!(index >= 0) || !Number.isSafeInteger(index)) {
        throw this.wrong(
          line,
          `has ${Number.isNaN(index) ? 'NaN' : index} where the index of mode ${mode + 1} stands; an index is a whole number from 0`,
        )
      }
      indices[mode]?.push(index)
    }
    values.push(numbers[indices.length] ?? Number.NaN)
    if (values.length >= mostEntries && this.limit >= mostEntries) {
      throw new FiligreeError(
        'out-of-memory',
        `${this.name} has more than ${grouped(mostEntries)} entries, more than can be held while they are put in order.`,
      )
    }
  }

  /** Parses a line into `this.numbers`; gives how many there are, none for comments and blank lines. */
  private numbersOf(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    let count = 0
    for (;;) {
      while (at < end && isBlank(bytes[at] ?? 0)) at += 1
      if (at >= end) return count
      if (count === 0 && comments.includes(bytes[at] ?? 0)) return 0
      const from = at
      let value = 0
      let whole = true
      for (; at < end; at += 1) {
        const byte = bytes[at] ?? 0
        if (isBlank(byte)) break
        if (byte >= zero && byte <= nine) value = value * 10 + byte - zero
        else whole = false
      }
      // Short whole numbers, which indices are, need no text; all others are read as JavaScript reads them.
      if (!whole || at - from > 15) value = this.numberIn(bytes, from, at)
      if (count > mostModes) throw this.wrong(this.line, `has more than ${mostModes + 1} numbers`)
      this.numbers[count] = value
      count += 1
    }
  }

  private numberIn(bytes: Uint8Array, start: number, end: number): number {
    const word = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 64)))
    if (/^nan$/i.test(word)) return Number.NaN
    const value = Number(word.replace(/^([+-]?)inf(inity)?$/i, '$1Infinity'))
    if (!Number.isNaN(value)) return value
    throw this.wrong(this.line, `has “${word}” where a number should stand`)
  }

  private wrongWidth(line: number, count: number): FiligreeError {
    return this.wrong(
      line,
      `has ${counted(count, 'number')}; the other entries have ${this.width} (${this.width - 1} indices and a value)`,
    )
  }

  private wrong(line: number, what: string): FiligreeError {
    return new FiligreeError('invalid-file', `Line ${grouped(line)} of ${this.name} ${what}.`)
  }
}

function isBlank(byte: number): boolean {
  return byte === blank || byte === tab || byte === carriageReturn
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}
