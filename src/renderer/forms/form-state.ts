import type { ParameterDescription } from '../../shared/parameter'

/** A value of a parameter; undefined where the person has not chosen yet. */
export type ParameterValue = number | string | boolean | null | undefined

/** What a form holds: one value a parameter, numbers still as they were typed. */
export type FormValues = Readonly<Record<string, ParameterValue>>

/** The values a form starts with: defaults, and over them what an earlier run used. */
export function initialValues(
  parameters: readonly ParameterDescription[],
  earlier: Readonly<Record<string, unknown>> = {},
): Record<string, ParameterValue> {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const value = earlier[parameter.name]
      return [parameter.name, isParameterValue(value) ? value : parameter.default]
    }),
  )
}

function isParameterValue(value: unknown): value is Exclude<ParameterValue, undefined> {
  return value === null || ['number', 'string', 'boolean'].includes(typeof value)
}

/** The range of a numeric parameter in words: 'from 2 to 64', 'above 0'; empty where there is none. */
export function rangeText(parameter: ParameterDescription): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = parameter
  const low = minimum === null ? '' : exclusiveMinimum ? `above ${minimum}` : `at least ${minimum}`
  const high = maximum === null ? '' : exclusiveMaximum ? `below ${maximum}` : `at most ${maximum}`
  if (low !== '' && high !== '' && !exclusiveMinimum && !exclusiveMaximum)
    return `from ${minimum} to ${maximum}`
  return [low, high].filter((part) => part !== '').join(' and ')
}

/**
 * A value as the solver takes it, or what is wrong with it in words. Text of a number field is read here, so
 * that what was typed stays as it was typed.
 */
export function readValue(
  parameter: ParameterDescription,
  value: ParameterValue,
): { value: Exclude<ParameterValue, undefined>; problem: null } | { value: undefined; problem: string } {
  const wrong = (problem: string) => ({ value: undefined, problem })
  const right = (read: Exclude<ParameterValue, undefined>) => ({ value: read, problem: null })
  if (value === null) {
    return parameter.nullable ? right(null) : wrong(`${parameter.title} needs a value.`)
  }
  if (value === undefined)
    return wrong(`${parameter.title} has no default: choose a value${hint(parameter)}.`)
  if (parameter.type === 'boolean') {
    return typeof value === 'boolean' ? right(value) : wrong(`${parameter.title} is either on or off.`)
  }
  if (parameter.type === 'choice') {
    const known = parameter.choices.some((choice) => choice.value === value)
    return known ? right(value) : wrong(`${parameter.title} has no choice called '${String(value)}'.`)
  }
  if (parameter.type === 'text') return right(String(value))
  return readNumber(parameter, value, wrong, right)
}

function readNumber<Wrong, Right>(
  parameter: ParameterDescription,
  value: number | string | boolean,
  wrong: (problem: string) => Wrong,
  right: (read: number) => Right,
): Wrong | Right {
  const text = String(value).trim().replace('−', '-')
  if (text === '') return wrong(`${parameter.title} is empty: type a number${hint(parameter)}.`)
  const number = Number(text.replace(',', '.'))
  if (!Number.isFinite(number)) return wrong(`'${text}' is not a number: write it like 0.1 or 1e-3.`)
  if (parameter.type === 'integer' && !Number.isInteger(number)) {
    return wrong(`${parameter.title} is a whole number; ${text} is not.`)
  }
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = parameter
  const tooLow = minimum !== null && (exclusiveMinimum ? number <= minimum : number < minimum)
  const tooHigh = maximum !== null && (exclusiveMaximum ? number >= maximum : number > maximum)
  return tooLow || tooHigh
    ? wrong(`${parameter.title} must be ${rangeText(parameter)}; ${text} is not.`)
    : right(number)
}

function hint(parameter: ParameterDescription): string {
  const range = rangeText(parameter)
  return range === '' ? '' : `, ${range}`
}

/** True where a value is known to be something else than the default. */
export function differsFromDefault(parameter: ParameterDescription, value: ParameterValue): boolean {
  const read = readValue(parameter, value)
  return read.problem === null ? read.value !== parameter.default : value !== parameter.default
}

/** What is wrong in a whole form, by parameter name; empty when it can be sent. */
export function formProblems(
  parameters: readonly ParameterDescription[],
  values: FormValues,
): Record<string, string> {
  return Object.fromEntries(
    parameters.flatMap((parameter) => {
      const { problem } = readValue(parameter, values[parameter.name])
      return problem === null ? [] : [[parameter.name, problem]]
    }),
  )
}

/** The parameters of a form that can be sent, without those that stand at their default. */
export function changedParameters(
  parameters: readonly ParameterDescription[],
  values: FormValues,
): Record<string, Exclude<ParameterValue, undefined>> {
  const changed: Record<string, Exclude<ParameterValue, undefined>> = {}
  for (const parameter of parameters) {
    const read = readValue(parameter, values[parameter.name])
    if (read.problem === null && read.value !== parameter.default) changed[parameter.name] = read.value
  }
  return changed
}

/** The parameters under the headings of the form, in the order the headings first appear. */
export function groupParameters(
  parameters: readonly ParameterDescription[],
): { title: string; parameters: ParameterDescription[] }[] {
  const groups = new Map<string, ParameterDescription[]>()
  for (const parameter of parameters) {
    const group = groups.get(parameter.group)
    if (group === undefined) groups.set(parameter.group, [parameter])
    else group.push(parameter)
  }
  return [...groups].map(([title, members]) => ({ title, parameters: members }))
}

/** A parameter's value as a person reads it, with the title of a choice and the unit. */
export function describeValue(parameter: ParameterDescription | undefined, value: unknown): string {
  if (value === null) return 'estimated'
  if (value === undefined) return 'not set'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  const choice = parameter?.choices.find((candidate) => candidate.value === value)
  const text = choice?.title ?? String(value)
  return parameter?.unit ? `${text}\u202f${parameter.unit}` : text
}
