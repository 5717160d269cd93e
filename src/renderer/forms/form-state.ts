import {
  isNumberList,
  lengthText,
  sameParameterValue,
  type ParameterDescription,
} from '../../shared/parameter'
import { readText } from '../../shared/text-syntax'
import { valueArgument } from '../../shared/command-line'
import { formatNumber, formatWhole, withUnit } from '../../shared/numbers'

/** A value of a parameter; undefined where the person has not chosen yet. */
export type ParameterValue = number | string | boolean | readonly number[] | null | undefined

/** What a form holds: one value a parameter. */
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

/** Whether a value of another form can stand in this parameter's field. */
export function fits(parameter: ParameterDescription, value: unknown): boolean {
  return isParameterValue(value) && valueProblem(parameter, value) === null
}

function isParameterValue(value: unknown): value is Exclude<ParameterValue, undefined> {
  return value === null || isNumberList(value) || ['number', 'string', 'boolean'].includes(typeof value)
}

/** The range of a numeric parameter in words: 'from 2 to 64', 'above 0'; empty where there is none. */
export function rangeText(parameter: ParameterDescription): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = parameter
  const [least, most] = [minimum, maximum].map(endText)
  const low = minimum === null ? '' : exclusiveMinimum ? `above ${least}` : `at least ${least}`
  const high = maximum === null ? '' : exclusiveMaximum ? `below ${most}` : `at most ${most}`
  if (low !== '' && high !== '' && !exclusiveMinimum && !exclusiveMaximum) return `from ${least} to ${most}`
  return [low, high].filter((part) => part !== '').join(' and ')
}

function endText(end: number | null): string {
  return end !== null && Number.isInteger(end) ? formatWhole(end) : formatNumber(end, 9)
}

/** What is wrong with a value, in words; null where it can be sent. */
export function valueProblem(parameter: ParameterDescription, value: ParameterValue): string | null {
  if (value === undefined || (value === null && !parameter.nullable)) {
    return `${parameter.title} has no value: give one${hint(parameter)}.`
  }
  if (value === null) return null
  if (parameter.type === 'boolean') {
    return typeof value === 'boolean' ? null : `${parameter.title} is either on or off.`
  }
  if (parameter.type === 'choice') {
    const known = parameter.choices.some((choice) => choice.value === value)
    return known ? null : `${parameter.title} has no choice called '${String(value)}'.`
  }
  if (parameter.type === 'text') return typeof value === 'string' ? textProblem(parameter, value) : null
  if (isListParameter(parameter)) {
    return isNumberList(value)
      ? listProblem(parameter, value)
      : `${parameter.title} must be a list of numbers.`
  }
  return typeof value === 'number' ? numberProblem(parameter, value) : `${parameter.title} must be a number.`
}

function textProblem({ title, syntax }: ParameterDescription, value: string): string | null {
  if (syntax === undefined) return null
  if (value.trim() === '') return `${title} is empty: take one of the examples below.`
  const read = readText(syntax, value)
  return 'problem' in read ? read.problem : null
}

/** Whether a parameter takes a list of numbers. */
export function isListParameter(parameter: ParameterDescription): boolean {
  return parameter.type === 'integers' || parameter.type === 'numbers'
}

function listProblem(parameter: ParameterDescription, values: readonly number[]): string | null {
  const { leastLength, mostLength, title } = parameter
  if (values.length < (leastLength ?? 0) || values.length > (mostLength ?? Infinity)) {
    return `${title} has ${lengthText(parameter)} numbers; here are ${values.length}.`
  }
  for (const [index, value] of values.entries()) {
    const problem = numberProblem({ ...parameter, title: `Number ${index + 1} of ${title}` }, value)
    if (problem !== null) return problem
  }
  return null
}

function numberProblem(parameter: ParameterDescription, value: number): string | null {
  if (!Number.isFinite(value)) return `${parameter.title} must be a finite number.`
  if ((parameter.type === 'integer' || parameter.type === 'integers') && !Number.isInteger(value)) {
    return `${parameter.title} is a whole number; ${value} is not.`
  }
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = parameter
  const tooLow = minimum !== null && (exclusiveMinimum ? value <= minimum : value < minimum)
  const tooHigh = maximum !== null && (exclusiveMaximum ? value >= maximum : value > maximum)
  return tooLow || tooHigh ? `${parameter.title} must be ${rangeText(parameter)}; ${value} is not.` : null
}

function hint(parameter: ParameterDescription): string {
  const range = rangeText(parameter)
  return range === '' ? '' : `, ${range}`
}

/** True where a value is something else than the default. */
export function differsFromDefault(parameter: ParameterDescription, value: unknown): boolean {
  return !sameParameterValue(value, parameter.default)
}

/** What is wrong in a whole form, by parameter name; empty when it can be sent. */
export function formProblems(
  parameters: readonly ParameterDescription[],
  values: FormValues,
): Record<string, string> {
  return Object.fromEntries(
    parameters.flatMap((parameter) => {
      const problem = valueProblem(parameter, values[parameter.name])
      return problem === null ? [] : [[parameter.name, problem]]
    }),
  )
}

/** The parameters of a form that do not stand at their default: what a request needs to carry. */
export function changedParameters(
  parameters: readonly ParameterDescription[],
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    parameters
      .filter((parameter) => values[parameter.name] !== undefined)
      .filter((parameter) => differsFromDefault(parameter, values[parameter.name]))
      .map((parameter) => [parameter.name, values[parameter.name]]),
  )
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
  if (value === null || value === undefined) return 'left open'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  const choice = parameter?.choices.find((candidate) => candidate.value === value)
  const text = choice?.title ?? (isNumberList(value) ? value.join(', ') : valueArgument(value))
  return withUnit(text, parameter?.unit ?? null)
}
