import { parseQuery, type Query } from './parse'
import { queryError, type Operator } from './tokens'

/** A condition on the table `runs`, with its values kept apart from its text. */
export interface Condition {
  sql: string
  values: (string | number)[]
}

/** Fields that are columns of the run table; every other name is a parameter, a metric or a figure. */
const columns: Readonly<Record<string, { columns: string[]; type: 'text' | 'number' | 'time' }>> = {
  id: { columns: ['id'], type: 'text' },
  number: { columns: ['number'], type: 'number' },
  method: { columns: ['method', 'method_title'], type: 'text' },
  family: { columns: ['family'], type: 'text' },
  dataset: { columns: ['dataset', 'dataset_name'], type: 'text' },
  state: { columns: ['state'], type: 'text' },
  seed: { columns: ['seed'], type: 'number' },
  seconds: { columns: ['seconds'], type: 'number' },
  created: { columns: ['created_at'], type: 'time' },
  finished: { columns: ['finished_at'], type: 'time' },
}

/** Turns a search into a condition. Values only ever reach SQLite as parameters. */
export function compileQuery(query: string): Condition {
  return compile(parseQuery(query), query)
}

/** The column, or the value by name, that a table is sorted by. */
export function compileSort(sort: string): Condition {
  const name = sortColumns[sort] ?? columns[sort]?.columns[0]
  if (name !== undefined) return { sql: `runs.${name}`, values: [] }
  const [, kind, value] = /^(?:(parameter|metric|figure):)?(.+)$/.exec(sort) ?? []
  const ofKind = kind === undefined ? '' : ' AND kind = ?'
  return {
    sql: `(SELECT coalesce(number, text) FROM run_values WHERE run = runs.number AND name = ?${ofKind} LIMIT 1)`,
    values: [value ?? sort, ...(kind === undefined ? [] : [kind])],
  }
}

const sortColumns: Readonly<Record<string, string>> = {
  '': 'number',
  'methodTitle': 'method_title',
  'datasetName': 'dataset_name',
  'createdAt': 'created_at',
  'finishedAt': 'finished_at',
}

function compile(query: Query, source: string): Condition {
  switch (query.type) {
    case 'all':
      return { sql: '1', values: [] }
    case 'and':
    case 'or': {
      const parts = query.parts.map((part) => compile(part, source))
      return {
        sql: parts.map(({ sql }) => `(${sql})`).join(query.type === 'and' ? ' AND ' : ' OR '),
        values: parts.flatMap(({ values }) => values),
      }
    }
    case 'not': {
      const part = compile(query.part, source)
      return { sql: `NOT (${part.sql})`, values: part.values }
    }
    case 'text':
      return { sql: `runs.search LIKE ? ESCAPE '\\'`, values: [`%${escapeLike(query.text)}%`] }
    case 'compare':
      return compare(query, source)
  }
}

function compare(query: Extract<Query, { type: 'compare' }>, source: string): Condition {
  // A field nobody can mean must not become a NULL in SQL, where NOT would not turn it round.
  const known = columns[query.field.toLowerCase()]
  if (known === undefined) return compareValue(query)
  if (known.type === 'text') return compareText(known.columns, query, source)
  const [column] = known.columns
  if (known.type === 'time') return compareTime(column ?? '', query)
  const number = Number(query.value)
  if (!Number.isFinite(number)) {
    throw queryError(
      source,
      query.at,
      `'${query.field}' is compared with a number, and '${query.value}' is none`,
    )
  }
  return { sql: `coalesce(runs.${column} ${sqlOperator(query.operator)} ?, 0)`, values: [number] }
}

function compareText(
  names: string[],
  { operator, value, field, at }: Extract<Query, { type: 'compare' }>,
  source: string,
): Condition {
  if (operator !== ':' && operator !== '=' && operator !== '!=') {
    throw queryError(source, at, `'${field}' is text: use ':' or '!='`)
  }
  const pattern = escapeLike(value).replaceAll('*', '%')
  const any = names.map((name) => `coalesce(runs.${name}, '') LIKE ? ESCAPE '\\'`).join(' OR ')
  return { sql: operator === '!=' ? `NOT (${any})` : any, values: names.map(() => pattern) }
}

/** A day or a minute is compared by the part that was written: created:2026-11 is that month. */
function compareTime(column: string, { operator, value }: Extract<Query, { type: 'compare' }>): Condition {
  const written = value.length
  return {
    sql: `coalesce(substr(runs.${column}, 1, ?) ${sqlOperator(operator)} ?, 0)`,
    values: [written, value],
  }
}

function compareValue({ field, operator, value }: Extract<Query, { type: 'compare' }>): Condition {
  const number = Number(value)
  const numeric = value.trim() !== '' && Number.isFinite(number)
  const ordered = operator !== ':' && operator !== '=' && operator !== '!='
  const conditions = [
    ...(numeric ? [`number ${sqlOperator(operator)} ?`] : []),
    ...(ordered ? [] : [operator === '!=' ? `text NOT LIKE ? ESCAPE '\\'` : `text LIKE ? ESCAPE '\\'`]),
  ]
  const [name, kind] = splitKind(field)
  const values = [...(numeric ? [number] : []), ...(ordered ? [] : [escapeLike(value).replaceAll('*', '%')])]
  // Without this a comparison such as sad<abc would be an empty condition.
  if (conditions.length === 0) return { sql: '0', values: [] }
  const ofKind = kind === null ? '' : ' AND kind = ?'
  return {
    sql: `runs.number IN (SELECT run FROM run_values WHERE name = ?${ofKind} AND (${conditions.join(' OR ')}))`,
    values: [name, ...(kind === null ? [] : [kind]), ...values],
  }
}

/** `parameter.endmembers` and `metric.sad` tell values of one name apart. */
function splitKind(field: string): [string, string | null] {
  const [, kind, name] = /^(parameter|metric|figure)\.(.+)$/.exec(field) ?? []
  return kind === undefined || name === undefined ? [field, null] : [name, kind]
}

function sqlOperator(operator: Operator): string {
  return operator === ':' ? '=' : operator
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
