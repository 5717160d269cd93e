import { FiligreeError } from './failure'
import { parseNumberList, type ParameterDescription } from './parameter'

/** A parameter's value from the text a person wrote for it; whether it is in its range is not asked here. */
export function parameterFromText(
  { name, title, type, nullable }: ParameterDescription,
  text: string,
): unknown {
  if (nullable && (text === '' || text === 'null')) return null
  if (type === 'choice' || type === 'text') return text
  if (type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true'
    throw wrongValue(name, `${title} ('${name}') is 'true' or 'false', not '${text}'.`)
  }
  if (type === 'integers' || type === 'numbers') {
    const { elements, words } = parseNumberList(text)
    const wrong = elements.indexOf(null)
    if (wrong < 0) return elements
    throw wrongValue(
      name,
      `${title} ('${name}') is a list of numbers such as 20,20,5; '${words[wrong] ?? ''}' in '${text}' is no number.`,
    )
  }
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw wrongValue(name, `${title} ('${name}') is a number, not '${text}'.`)
}

function wrongValue(field: string, message: string): FiligreeError {
  return new FiligreeError('invalid-parameter', message, { field })
}
