import type { Axis } from '../../shared/array'
import { coordinatesText, parseCoordinates } from '../../shared/axis-coordinates'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { counted } from './wording'

/** Longest name and unit of a mode. */
const longestName = 80

/** Modes as a file gives them: their names where it has any, sizes, and coordinates that are not asked for. */
export interface FoundMode {
  name: string | null
  size: number
  /** Coordinates the file itself has; null where entries are numbers. */
  coordinates: number[] | null
}

/** The axes of a tensor's modes: what the file says, with what a person chose over it. */
export function modeAxes(modes: readonly FoundMode[], choices: ImportChoices): Axis[] {
  const names = listChoice(choices, 'modeNames', modes.length)
  const units = listChoice(choices, 'modeUnits', modes.length)
  const axes = modes.map((mode, index): Axis => {
    const name = names?.[index] ?? ''
    const unit = units?.[index] ?? ''
    return {
      name: name === '' ? (mode.name ?? `mode ${index + 1}`) : name,
      size: mode.size,
      unit: unit === '' ? null : unit,
      coordinates: mode.coordinates ?? chosenCoordinates(choices, index, mode.size),
      labels: null,
    }
  })
  const twice = axes.find(({ name }, index) => axes.findIndex((axis) => axis.name === name) < index)
  if (twice === undefined) return axes
  throw new FiligreeError(
    'invalid-parameter',
    `Two modes are called “${twice.name}”. Give each its own name.`,
    {
      field: 'modeNames',
    },
  )
}

/** The questions for names, units and coordinates, answered as `axes` have them. */
export function modeOptions(modes: readonly FoundMode[], axes: readonly Axis[]): ImportOption[] {
  const text = (key: string, title: string, help: string, value: string): ImportOption => ({
    ...{ key, title, help, value },
    type: 'text',
    choices: [],
  })
  return [
    text(
      'modeNames',
      'Names of the modes',
      'Separated by commas, in the order of the modes.',
      axes.map(({ name }) => name).join(', '),
    ),
    text(
      'modeUnits',
      'Units of the modes',
      'Separated by commas; nothing between two commas is no unit.',
      axes.map(({ unit }) => unit ?? '').join(', '),
    ),
    ...axes.flatMap((axis, index) =>
      modes[index]?.coordinates === null
        ? [
            text(
              coordinatesKey(index),
              `Coordinates of ${axis.name}`,
              'Empty counts from 0; 400:2.5 starts at 400 and goes on by 2.5; or one number an entry.',
              coordinatesText(axis.coordinates),
            ),
          ]
        : [],
    ),
  ]
}

/** '64 × 12 × 10 × 60'-like facts of modes: 'excitation (nm): 64'. */
export function modeFacts(axes: readonly Axis[]): { label: string; value: string }[] {
  return axes.map(({ name, size, unit, coordinates }) => {
    const from = coordinates?.[0]
    const to = coordinates?.at(-1)
    const range =
      from === undefined || to === undefined
        ? ''
        : `, ${Number(from.toPrecision(6))} to ${Number(to.toPrecision(6))}${unit === null ? '' : ` ${unit}`}`
    return { label: `Mode ${name}`, value: `${counted(size, 'entry', 'entries')}${range}` }
  })
}

function coordinatesKey(index: number): string {
  return `coordinates${index + 1}`
}

function listChoice(choices: ImportChoices, key: string, count: number): string[] | null {
  const chosen = choices[key]
  if (chosen === undefined || String(chosen).trim() === '') return null
  const words = String(chosen)
    .split(',')
    .map((word) => word.trim())
  if (words.length === count && words.every((word) => word.length <= longestName)) return words
  throw new FiligreeError(
    'invalid-parameter',
    words.length === count
      ? `A name or unit of a mode has at most ${longestName} letters.`
      : `Here are ${counted(words.length, 'entry', 'entries')} for ${counted(count, 'mode')}: separate them by commas, one for each mode.`,
    { field: key },
  )
}

function chosenCoordinates(choices: ImportChoices, index: number, size: number): number[] | null {
  const key = coordinatesKey(index)
  const chosen = choices[key]
  if (chosen === undefined) return null
  const read = parseCoordinates(String(chosen), size)
  if (read.problem === null) return read.coordinates
  throw new FiligreeError('invalid-parameter', read.problem, { field: key })
}
