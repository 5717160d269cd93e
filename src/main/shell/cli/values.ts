import type { ImportChoices, ImportOption } from '../../../shared/dataset'
import { truthChoice } from '../../../shared/dataset'
import { FiligreeError } from '../../../shared/failure'
import type { MethodDescription } from '../../../shared/method'
import { parameterFromText } from '../../../shared/parameter-text'
import type { InputReference } from '../../../shared/input-reference'

/** Collects a flag that may be given several times. */
export function collect(value: string, former: string[]): string[] {
  return [...former, value]
}

/** `name=value` pairs of a repeated flag. */
export function pairs(flag: string, texts: readonly string[]): [string, string][] {
  return texts.map((text) => {
    const at = text.indexOf('=')
    if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
    throw new FiligreeError('invalid-parameter', `${flag} takes name=value, not '${text}'.`)
  })
}

/** Inputs of a method from `--input name=reference`. */
export function inputsOf(texts: readonly string[], dataset: string | null): Record<string, InputReference> {
  return Object.fromEntries(
    pairs('--input', texts).map(([name, text]) => [name, inputReference(text, dataset)]),
  )
}

/** Parameters of a method from `--set name=value`; ranges are checked where the run is queued. */
export function parametersOf(method: MethodDescription, texts: readonly string[]): Record<string, unknown> {
  const known = new Map(method.parameters.map((parameter) => [parameter.name, parameter]))
  return Object.fromEntries(
    pairs('--set', texts).map(([name, text]) => {
      const parameter = known.get(name)
      // An unknown name is told of by the service, with the names there are.
      return [name, parameter === undefined ? text : parameterFromText(parameter, text)]
    }),
  )
}

function wrongValue(field: string, message: string): FiligreeError {
  return new FiligreeError('invalid-parameter', message, { field })
}

/** `--option` pairs apart: those of the scene, and those (`truth.name`) of its truth file. */
export function splitOptions(texts: readonly string[]): {
  scene: [string, string][]
  truth: [string, string][]
} {
  const all = pairs('--option', texts)
  const prefix = `${truthChoice}.`
  return {
    scene: all.filter(([name]) => !name.startsWith(prefix)),
    truth: all.flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value] satisfies [string, string]] : [],
    ),
  }
}

/** Import choices in the types the importer asks for. */
export function choicesOf(
  options: readonly ImportOption[],
  given: readonly [string, string][],
): ImportChoices {
  return Object.fromEntries(
    given.map(([key, text]): [string, string | number | boolean] => {
      const option = options.find((candidate) => candidate.key === key)
      if (option === undefined) {
        const keys = options.map((candidate) => candidate.key).join(', ')
        throw wrongValue(key, `The import of this file has no option '${key}'. It has: ${keys || 'none'}.`)
      }
      if (option.type === 'boolean') return [key, text === 'true']
      return [key, option.type === 'integer' ? Number(text) : text]
    }),
  )
}

/**
 * `truth`, `truth:samson`, `truth:samson/abundances`, `run:0003-vca/endmembers`, `run:0003-vca` or `dataset:samson` after
 * `--input name=`; without a `dataset` the command works on, a truth has to be named whole.
 */
export function inputReference(text: string, dataset: string | null): InputReference {
  const [, another = dataset, part = 'endmembers'] =
    /^truth(?::([^/]+))?(?:\/(endmembers|abundances))?$/.exec(text) ?? [undefined, null]
  if (another !== null) return { type: 'truth', dataset: another, part: part as 'endmembers' | 'abundances' }
  const [, run, artifact] = /^run:([^/]+)\/([^/]+)$/.exec(text) ?? []
  if (run !== undefined && artifact !== undefined) return { type: 'artifact', run, artifact }
  const [, whole] = /^run:([^/]+)$/.exec(text) ?? []
  if (whole !== undefined) return { type: 'run', run: whole }
  const [, other] = /^dataset:(.+)$/.exec(text) ?? []
  if (other !== undefined) return { type: 'dataset', dataset: other }
  throw new FiligreeError(
    'invalid-parameter',
    `An input is written ${dataset === null ? '' : 'truth, '}truth:DATASET, truth:DATASET/abundances, run:NUMBER-METHOD/OUTPUT, run:NUMBER-METHOD or dataset:NAME, not '${text}'.`,
  )
}
