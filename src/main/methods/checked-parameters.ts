import { valueArgument } from '../../shared/command-line'
import { FiligreeError } from '../../shared/failure'
import type { Method } from '../../shared/method'
import { readText } from '../../shared/text-syntax'
import { lengthText, type ParameterDescription } from '../../shared/parameter'

/**
 * Every parameter of a method with its default filled in. Throws 'invalid-parameter' that names the wrong one by
 * its title, with the range it has.
 */
export function checkedParameters(method: Method, given: Record<string, unknown>): Record<string, unknown> {
  const known = method.description.parameters
  const unknown = Object.keys(given).find((name) => !known.some((parameter) => parameter.name === name))
  if (unknown !== undefined) {
    const names = known.map(({ name }) => name).join(', ')
    throw new FiligreeError(
      'invalid-parameter',
      `${method.description.title} has no parameter '${unknown}'. It has: ${names}.`,
      { field: unknown },
    )
  }
  const parsed = method.params.safeParse(given)
  if (parsed.success) {
    checkTexts(known, parsed.data)
    return parsed.data
  }
  const [issue] = parsed.error.issues
  const wrong = known.find(({ name }) => name === issue?.path[0])
  throw new FiligreeError(
    'invalid-parameter',
    wrong === undefined
      ? (issue?.message ?? 'The parameters are not valid.')
      : problem(wrong, given[wrong.name]),
    { ...(wrong === undefined ? {} : { field: wrong.name }), cause: parsed.error },
  )
}

/** Refuses texts that do not read in the language of their parameter. */
function checkTexts(known: readonly ParameterDescription[], values: Record<string, unknown>): void {
  for (const { name, syntax } of known) {
    const value = values[name]
    if (syntax === undefined || typeof value !== 'string') continue
    const read = readText(syntax, value)
    if ('problem' in read) throw new FiligreeError('invalid-parameter', read.problem, { field: name })
  }
}

function problem(parameter: ParameterDescription, value: unknown): string {
  const { title, name } = parameter
  if (value === undefined) return `${title} ('${name}') has no default and must be given.`
  return `${title} ('${name}') is ${valueArgument(value)}; it must be ${expected(parameter)}.`
}

function expected(parameter: ParameterDescription): string {
  const { type, choices, minimum, maximum, exclusiveMinimum, exclusiveMaximum, nullable } = parameter
  const orEmpty = nullable ? ', or empty' : ''
  if (type === 'choice') return `one of ${choices.map(({ value }) => value).join(', ')}${orEmpty}`
  if (type === 'boolean') return 'true or false'
  if (type === 'text') return `text${orEmpty}`
  const low = minimum === null ? '' : ` ${exclusiveMinimum ? 'above' : 'of at least'} ${minimum}`
  const high = maximum === null ? '' : ` ${exclusiveMaximum ? 'below' : 'of at most'} ${maximum}`
  const join = low !== '' && high !== '' ? ' and' : ''
  const range = `${low}${join}${high}`
  if (type === 'integers' || type === 'numbers') {
    const length = lengthText(parameter)
    const what = type === 'integers' ? 'whole numbers' : 'numbers'
    return `a list of ${length === '' ? '' : `${length} `}${what}${range === '' ? '' : `, each${range}`}${orEmpty}`
  }
  return `a ${type === 'integer' ? 'whole number' : 'number'}${range}${orEmpty}`
}
