import { FiligreeError } from '../../../shared/failure'

export type Operator = ':' | '=' | '!=' | '<' | '<=' | '>' | '>='

export type Token = { at: number; end: number } & (
  | { type: 'open' | 'close' | 'and' | 'or' | 'not' }
  | { type: 'operator'; operator: Operator }
  | { type: 'word'; text: string; quoted: boolean }
)

const patterns: readonly { pattern: RegExp; make: (text: string) => TokenContent }[] = [
  { pattern: /\(/y, make: () => ({ type: 'open' }) },
  { pattern: /\)/y, make: () => ({ type: 'close' }) },
  { pattern: /!=|<=|>=|[:=<>]/y, make: (text) => ({ type: 'operator', operator: text as Operator }) },
  {
    pattern: /"(?:[^"\\]|\\.)*"/y,
    make: (text) => ({ type: 'word', text: text.slice(1, -1).replace(/\\(.)/g, '$1'), quoted: true }),
  },
  { pattern: /[^\s()"<>=:!]+/y, make: word },
]

type TokenContent = Token extends infer Each ? (Each extends Token ? Omit<Each, 'at' | 'end'> : never) : never

function word(text: string): TokenContent {
  if (text === 'AND' || text === 'OR' || text === 'NOT') {
    return { type: text.toLowerCase() as 'and' | 'or' | 'not' }
  }
  return { type: 'word', text, quoted: false }
}

/** Cuts a query into words, operators and brackets. */
export function tokenise(query: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < query.length) {
    if (/\s/.test(query[at] ?? '')) {
      at += 1
      continue
    }
    const token = tokenAt(query, at)
    tokens.push(token)
    at = token.end
  }
  return tokens
}

function tokenAt(query: string, at: number): Token {
  for (const { pattern, make } of patterns) {
    pattern.lastIndex = at
    const [text] = pattern.exec(query) ?? []
    if (text !== undefined) return { ...make(text), at, end: at + text.length }
  }
  throw queryError(
    query,
    at,
    query[at] === '"' ? 'this quotation mark is never closed' : 'this character means nothing here',
  )
}

/** An error that points at its place in the query. */
export function queryError(query: string, at: number, problem: string): FiligreeError {
  const place = at >= query.length ? 'at the end' : `at character ${at + 1} ('${query.slice(at, at + 12)}')`
  return new FiligreeError(
    'invalid-parameter',
    `The search cannot be read: ${problem}, ${place}. Try for example: method:ss-nmf state:succeeded sad<3 OR "water".`,
    { field: 'query', detail: `${query}\n${' '.repeat(at)}^` },
  )
}
