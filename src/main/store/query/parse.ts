import { queryError, tokenise, type Operator, type Token } from './tokens'

/** What a search asks for, as a tree. */
export type Query =
  | { type: 'all' }
  | { type: 'and' | 'or'; parts: Query[] }
  | { type: 'not'; part: Query }
  | { type: 'text'; text: string }
  | { type: 'compare'; field: string; operator: Operator; value: string; at: number }

/**
 * Reads a search: words side by side mean AND, `OR` binds weaker, `NOT` (or `-` before a
 * word) stronger; `field:value`, `field<3`, `"several words"`, brackets. Throws with the place of a mistake.
 */
export function parseQuery(query: string): Query {
  const tokens = tokenise(query)
  if (tokens.length === 0) return { type: 'all' }
  return new Parser(query, tokens).parse()
}

class Parser {
  private position = 0
  private depth = 0

  constructor(
    private readonly query: string,
    private readonly tokens: Token[],
  ) {}

  parse(): Query {
    const result = this.alternatives()
    const rest = this.peek()
    if (rest !== undefined) throw this.error('this bracket was never opened', rest)
    return result
  }

  private alternatives(): Query {
    const parts = [this.conjunction()]
    while (this.take('or') !== undefined) parts.push(this.conjunction())
    return joined('or', parts)
  }

  private conjunction(): Query {
    const parts = [this.negation()]
    for (;;) {
      const next = this.peek()
      if (next === undefined || next.type === 'or' || next.type === 'close') return joined('and', parts)
      if (next.type === 'and') this.position += 1
      parts.push(this.negation())
    }
  }

  private negation(): Query {
    if (this.take('not') !== undefined) return { type: 'not', part: this.negation() }
    return this.primary()
  }

  private primary(): Query {
    const token = this.peek()
    if (token === undefined) throw queryError(this.query, this.query.length, 'something is missing')
    if (token.type === 'open') return this.group(token)
    if (token.type !== 'word') throw this.error('a word or a field was expected', token)
    this.position += 1
    const operator = this.take('operator')
    if (operator?.type !== 'operator') return plainText(token.text, token.quoted)
    const value = this.take('word')
    if (value?.type !== 'word')
      throw queryError(this.query, operator.end, `a value is missing after '${operator.operator}'`)
    return {
      type: 'compare',
      field: token.text,
      operator: operator.operator,
      value: value.text,
      at: token.at,
    }
  }

  private group(open: Token): Query {
    this.depth += 1
    if (this.depth > 50) throw this.error('there are too many brackets within each other', open)
    this.position += 1
    const inner = this.alternatives()
    if (this.take('close') === undefined) throw this.error('this bracket is never closed', open)
    this.depth -= 1
    return inner
  }

  private peek(): Token | undefined {
    return this.tokens[this.position]
  }

  private take(type: Token['type']): Token | undefined {
    const token = this.peek()
    if (token?.type !== type) return undefined
    this.position += 1
    return token
  }

  private error(problem: string, token: Token) {
    return queryError(this.query, token.at, problem)
  }
}

function plainText(text: string, quoted: boolean): Query {
  const negated = !quoted && text.length > 1 && text.startsWith('-')
  return negated ? { type: 'not', part: { type: 'text', text: text.slice(1) } } : { type: 'text', text }
}

function joined(type: 'and' | 'or', parts: Query[]): Query {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { type, parts }
}
