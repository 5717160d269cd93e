import type { Axis } from './array'
import { parseNumberList } from './parameter'

/** Coordinates as a person writes them: none, `start:step`, or a number an entry. */
export type CoordinatesText = { coordinates: number[] | null; problem: null } | { problem: string }

/**
 * Reads the coordinates of an axis with `size` entries: nothing counts from 0, `400:2.5` starts at 400 and goes on
 * by 2.5, and a list has one number an entry. `problem` is a sentence where the text is none of them.
 */
export function parseCoordinates(text: string, size: number): CoordinatesText {
  const trimmed = text.trim()
  if (trimmed === '') return { coordinates: null, problem: null }
  const pair = /^([^:]+):([^:]+)$/.exec(trimmed)
  if (pair !== null) {
    const [start, step] = [pair[1] ?? '', pair[2] ?? ''].map((word) => parseNumberList(word).elements[0])
    if (typeof start !== 'number' || typeof step !== 'number' || step === 0) {
      return { problem: `“${trimmed}” is no start and step, such as 400:2.5; the step is not 0.` }
    }
    const coordinates = Array.from({ length: size }, (_, index) => tidy(start + index * step))
    return { coordinates, problem: null }
  }
  const { elements, words } = parseNumberList(trimmed)
  const wrong = elements.indexOf(null)
  if (wrong >= 0) {
    return { problem: `“${words[wrong] ?? ''}” is no number. Write start:step, or one number an entry.` }
  }
  if (elements.length !== size) {
    return {
      problem: `Here are ${elements.length} numbers for ${size} entries. Write start:step, or one number an entry.`,
    }
  }
  return { coordinates: elements.map(Number), problem: null }
}

/** The text `parseCoordinates` reads back: the shorter of `start:step` and a list. */
export function coordinatesText(coordinates: readonly number[] | null): string {
  if (coordinates === null) return ''
  const [start = 0, second = 0] = coordinates
  const step = tidy(second - start)
  const even =
    coordinates.length > 1 &&
    step !== 0 &&
    coordinates.every(
      (value, index) =>
        Math.abs(value - tidy(start + index * step)) <= 1e-9 * Math.abs(step * coordinates.length),
    )
  return even ? `${start}:${step}` : coordinates.join(', ')
}

/** Where an entry of an axis lies: its coordinate, or its number from 0. */
export function positionAt(axis: Pick<Axis, 'coordinates'>, index: number): number {
  return axis.coordinates?.[index] ?? index
}

/** Steps of 0.1 add up to dust in binary; twelve digits hide it. */
function tidy(value: number): number {
  return Number(value.toPrecision(12))
}
