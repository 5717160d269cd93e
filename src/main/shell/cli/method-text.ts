import type { MethodDescription } from '../../../shared/method'
import { valueArgument } from '../../../shared/command-line'
import { lengthText, type ParameterDescription } from '../../../shared/parameter'
import { table } from './output'

/** All methods, a line each. */
export function methodsText(methods: readonly MethodDescription[]): string {
  return table(
    ['Method', 'Family', 'Section', 'What it does'],
    methods.map(({ id, familyTitle, section, summary }) => [id, familyTitle, section ?? '', summary]),
  )
}

/** One method as a page: what a person needs to write its command. */
export function methodText(method: MethodDescription): string {
  return [
    `${method.title} (${method.id}, version ${method.version})`,
    method.summary,
    '',
    ...method.inputs.map(({ name, help, optional }) => `${name}${optional ? ' (optional)' : ''}: ${help}`),
    '',
    table(
      ['Parameter', 'Default', 'Range', 'Meaning'],
      method.parameters.map((parameter) => [
        parameter.name,
        parameter.default === undefined ? 'must be given' : valueArgument(parameter.default),
        rangeText(parameter),
        `${parameter.title}. ${parameter.help}`.trim(),
      ]),
    ),
    '',
    method.documentation,
    '',
    ...method.cite.map(({ authors, title, year, venue }) => `${authors} (${year}). ${title}. ${venue}.`),
  ].join('\n')
}

function rangeText(parameter: ParameterDescription): string {
  const { type, choices, minimum, maximum, unit } = parameter
  if (type === 'choice') return choices.map(({ value }) => value).join(' | ')
  if (type === 'boolean') return 'true | false'
  const range = minimum === null && maximum === null ? '' : `${minimum ?? '…'} to ${maximum ?? '…'}`
  const list = type === 'integers' || type === 'numbers' ? [lengthText(parameter), 'numbers,'] : []
  return [...list, range, unit]
    .filter((part) => part !== null && part !== '')
    .join(' ')
    .replace(/,$/, '')
}
