import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import type { CubeValue, InputValue, Method } from '../../../shared/method'
import { parameterFromText } from '../../../shared/parameter-text'
import { checkedParameters } from '../checked-parameters'
import { preparationParameters, type Preparation } from './preparation'

/** A method that a repeating one calls: what it is given, beyond its own defaults. */
export interface RepeatedCall {
  method: Method
  inputs: Record<string, InputValue | null>
  parameters: Record<string, unknown>
}

/** Methods that find endmembers and abundances in a cube alone. */
export function blindMethods(methods: readonly Method[]): Method[] {
  return methods.filter(
    ({ description: { inputs, parameters, ...description } }) =>
      gives(description, { endmembers: 'spectra', abundances: 'maps' }) &&
      parameters.some(({ name }) => name === 'endmembers') &&
      inputs.every(({ name, optional }) => name === 'cube' || optional),
  )
}

/** A blind method called on a cube, everything else being found by itself. */
export function blindCall(
  methods: readonly Method[],
  cube: CubeValue,
  values: { method: string; endmembers: number; settings: string; negativeValues: string },
  preparation: Preparation,
): RepeatedCall {
  const { endmembers, negativeValues } = values
  const method = methods.find(({ description }) => description.id === values.method)
  if (method === undefined) throw new Error(`'${values.method}' was offered, but is not there.`)
  const fixed = { endmembers, negativeValues, ...preparation }
  const nothing = method.description.inputs.map(({ name }) => [name, null] as const)
  return {
    method,
    inputs: { ...Object.fromEntries(nothing), cube },
    parameters: parametersOfRepeats(method, values.settings, fixed),
  }
}

/** Parameters of a method that repeats a blind one. */
export function repeatedMethodParameters(methods: readonly Method[]) {
  return {
    method: methodParameter(methods),
    endmembers: z.int().min(2).max(64).meta({
      title: 'Endmembers',
      symbol: 'p',
      help: 'How many materials each repeat looks for. At most the number of bands.',
    }),
    settings: settingsParameter,
  }
}

/** Parameters of the repeated method, beyond those the repeating one has fields for. */
export const settingsParameter = z.string().max(2000).default('').meta({
  title: 'Parameters of the method',
  help: "Where they shall differ from its defaults, as name=value with commas between: 'maxIterations=200, sparsity=0.2'. Names are those of the method's own page.",
})

/** Methods that find the abundances of given spectra, and the name of the input these are given as. */
export function libraryMethods(methods: readonly Method[]): { method: Method; input: string }[] {
  return methods.flatMap((method) => {
    const { inputs, ...description } = method.description
    const [spectra, ...others] = inputs.filter(({ name }) => name !== 'cube')
    if (spectra?.type !== 'spectra' || spectra.name === 'start' || others.some(({ optional }) => !optional))
      return []
    return gives(description, { abundances: 'maps' }) ? [{ method, input: spectra.name }] : []
  })
}

function gives(
  { role, outputs }: Pick<Method['description'], 'role' | 'outputs'>,
  wanted: Record<string, string>,
): boolean {
  const there = ([name, meaning]: [string, string]) =>
    outputs.some((output) => output.name === name && output.meaning === meaning && !output.optional)
  return role === 'solver' && Object.entries(wanted).every(there)
}

/** A parameter that names one of the methods; the first is the default. */
export function methodParameter(methods: readonly Method[]) {
  const [first, ...others] = methods.map(({ description }) => description.id)
  if (first === undefined) throw new Error('There is no method that could be repeated.')
  const titles = methods.map(({ description: { id, title } }) => [id, title] as const)
  return z
    .enum([first, ...others])
    .default(first)
    .meta({ title: 'Method', help: 'The method that is repeated.', choices: Object.fromEntries(titles) })
}

/**
 * The parameters a repeated method is called with: its defaults, what `settings` says ('rounds=50, rule=fit'), and
 * `fixed`, where it has such parameters. Throws 'invalid-parameter' for the field 'settings'.
 */
export function parametersOfRepeats(
  method: Method,
  settings: string,
  fixed: Record<string, unknown>,
): Record<string, unknown> {
  const { title, parameters } = method.description
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]))
  const given = settingPairs(settings).map(([name, text]): [string, unknown] => {
    const parameter = known.get(name)
    const taken = name in fixed || name in preparationParameters
    if (parameter === undefined || taken) {
      const names = parameters.flatMap((own) =>
        own.name in fixed || own.name in preparationParameters ? [] : [own.name],
      )
      throw wrongSetting(
        taken
          ? `'${name}' has a field of its own in this form. Set it there.`
          : `${title} has no parameter '${name}'. It has: ${names.join(', ')}.`,
      )
    }
    return [name, asSetting(() => parameterFromText(parameter, text))]
  })
  const applicable = Object.entries(fixed).filter(([name]) => known.has(name))
  return asSetting(() => checkedParameters(method, Object.fromEntries([...given, ...applicable])))
}

function settingPairs(settings: string): [string, string][] {
  return settings
    .split(/[,;\n]/)
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      if (at > 0) return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
      throw wrongSetting(`Further parameters are written name=value, separated by commas; '${pair}' is not.`)
    })
}

/** A mistake in a parameter of the repeated method lies in the field 'settings' of the repeating one. */
function asSetting<Value>(work: () => Value): Value {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof FiligreeError) || cause.field === 'endmembers') throw cause
    throw wrongSetting(cause.message)
  }
}

function wrongSetting(message: string): FiligreeError {
  return new FiligreeError('invalid-parameter', message, { field: 'settings' })
}

/** Preparation of pixels that were prepared before: nothing is done again. */
export const alreadyPrepared: Preparation = {
  normalisation: 'none',
  useGoodBands: false,
  leaveOutBands: '',
  invalidPixels: 'skip',
}
