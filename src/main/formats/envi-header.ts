import { FiligreeError } from '../../shared/failure'

/** An ENVI header as written: keys in lower case with single blanks, values without their braces. */
export class EnviHeader {
  constructor(
    /** Name of the file, for messages. */
    readonly name: string,
    private readonly fields: ReadonlyMap<string, string>,
  ) {}

  text(key: string): string | null {
    return this.fields.get(key) ?? null
  }

  /** A whole number that must not be negative; `fallback` where the key is missing, or a failure without one. */
  count(key: string, fallback?: number): number {
    const text = this.text(key)
    if (text === null && fallback !== undefined) return fallback
    if (text === null) {
      throw new FiligreeError('invalid-file', `${this.name} has no "${key}", which every ENVI header needs.`)
    }
    const value = Number(text)
    if (!Number.isSafeInteger(value) || value < 0 || text === '') {
      throw new FiligreeError(
        'invalid-file',
        `${this.name} says "${key} = ${text}"; a whole number is needed.`,
      )
    }
    return value
  }

  /** A finite number, or null where the key is missing or holds none. */
  number(key: string): number | null {
    const text = this.text(key)
    if (text === null || text === '') return null
    const value = Number(text)
    return Number.isFinite(value) ? value : null
  }

  /** The words between the commas of a value in braces; null where the key is missing. */
  list(key: string): string[] | null {
    const text = this.text(key)
    if (text === null) return null
    const words = text.split(',').map((word) => word.trim())
    // Some writers leave a comma before the closing brace.
    if (words.at(-1) === '') words.pop()
    return words
  }

  /** A list of numbers; null where the key is missing, 'unreadable' where a word is none. */
  numbers(key: string): number[] | null | 'unreadable' {
    const words = this.list(key)
    if (words === null) return null
    const values = words.map((word) => (word === '' ? Number.NaN : Number(word)))
    return values.some((value) => !Number.isFinite(value)) ? 'unreadable' : values
  }
}

/** Whether text begins as an ENVI header does. */
export function startsLikeEnvi(text: string): boolean {
  return /^\uFEFF?\s*ENVI\s*(\r|\n|$)/i.test(text)
}

/**
 * Parses the text of an ENVI header: first line `ENVI`, then `key = value`; values in braces may span
 * lines; lines that begin with `;` are comments. Keys may have any case and inner blanks.
 */
export function parseEnviHeader(text: string, name: string): EnviHeader {
  if (!startsLikeEnvi(text)) {
    throw new FiligreeError('invalid-file', `${name} is not an ENVI header: its first line is not "ENVI".`)
  }
  const fields = new Map<string, string>()
  const lines = text.split(/\r\n|\n|\r/).slice(text.trimStart() === text ? 1 : 0)
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? ''
    const equals = line.indexOf('=')
    if (line.trimStart().startsWith(';') || equals < 0) continue
    const key = line.slice(0, equals).trim().toLowerCase().replace(/\s+/g, ' ')
    let value = line.slice(equals + 1).trim()
    if (value.startsWith('{')) {
      const parts = [value.slice(1)]
      while (!(parts.at(-1) ?? '').includes('}')) {
        i += 1
        const next = lines[i]
        if (next === undefined) {
          throw new FiligreeError(
            'invalid-file',
            `${name} opens a brace at "${key}" and never closes it. Was the header cut short?`,
          )
        }
        if (!next.trimStart().startsWith(';')) parts.push(next)
      }
      // Joined by blanks: a line may end with the comma or begin with it.
      const joined = parts.join(' ')
      value = joined.slice(0, joined.lastIndexOf('}')).trim()
    }
    // The first of two equal keys counts, as in ENVI itself.
    if (key !== '' && !fields.has(key)) fields.set(key, value)
  }
  return new EnviHeader(name, fields)
}
