import type { Axis } from '../../shared/array'
import type { ImportChoices, ImportOption } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { chosenWord } from './choice-values'
import { findDuplicates, mergedEntries } from './duplicate-entries'
import type { NumberColumn } from './number-column'
import { modeAxes, type FoundMode } from './tensor-modes'
import { counted, grouped, listed } from './wording'

/** What is done with entries that stand at the same place. */
export const duplicateRules = ['sum', 'mean', 'refuse'] as const
export type DuplicateRule = (typeof duplicateRules)[number]

/** Where counting begins: in most files at 1, in some at 0. */
export const indexBases = ['detect', '0', '1'] as const

/** One index column: whole numbers that count entries, real coordinates, or names that were numbered. */
export interface IndexColumn {
  name: string | null
  numbers: NumberColumn
  kind: 'index' | 'coordinate' | 'label'
  /** Names by number, for the kind 'label'. */
  labels: readonly string[]
}

/** The entries of a scattered tensor as a file has them. */
export interface EntryTable {
  columns: IndexColumn[]
  values: NumberColumn
  /** 1 where a value is missing; null without such a column. */
  missing: NumberColumn | null
  /** 1 where an entry is held out, a column a fold. */
  folds: NumberColumn[]
  /** Sizes the file announces; null where it does not. */
  sizes: readonly number[] | null
}

/** Entries put in order: what is written into the project. */
export interface ArrangedEntries {
  axes: Axis[]
  modes: FoundMode[]
  /** Zero-based (entry, mode). */
  indices: Float64Array
  values: Float64Array
  missing: Uint8Array | null
  /** (entry, fold). */
  folds: Uint8Array | null
  foldCount: number
  options: ImportOption[]
  facts: { label: string; value: string }[]
  notes: string[]
}

/** More entries of a mode than this cannot be numbered here. */
const largestMode = 2 ** 40

/**
 * Turns the entries of a file into a scattered tensor as the choices have it: finds where counting begins, numbers
 * coordinates, sums or refuses duplicates. Throws `invalid-data` or `invalid-parameter` that names the entry at fault.
 * `sample` is true for the first entries of a longer file: then only what is certain is said. In a `preview` nothing is
 * refused that an option can settle: a person must see the option first.
 */
export function arrangeEntries(
  table: EntryTable,
  choices: ImportChoices,
  about: { name: string; duplicates: DuplicateRule; sample: boolean; preview: boolean },
): ArrangedEntries {
  const { columns } = table
  const count = table.values.length
  const bases = basesOf(columns, choices)
  const positions = columns.map((column) => positionsOf(column, bases.base))
  const modes = columns.map((column, mode) =>
    foundMode(column, bases.base, table.sizes?.[mode] ?? null, mode),
  )
  const axes = modeAxes(modes, choices).map((axis, mode) => {
    const column = columns[mode]
    return column?.kind === 'label' ? { ...axis, labels: [...column.labels] } : axis
  })
  const rule = chosenWord(choices, 'duplicates', duplicateRules, about.duplicates)
  const nanIsMissing = choices['nanIsMissing'] === true
  const kept = keptEntries(table, nanIsMissing || about.preview, about.name)
  const place = (entry: number, mode: number) => positions[mode]?.(columns[mode]?.numbers.at(entry) ?? 0) ?? 0
  const indices = new Float64Array(kept.length * columns.length)
  kept.forEach((entry, row) => {
    for (let mode = 0; mode < columns.length; mode += 1)
      indices[row * columns.length + mode] = place(entry, mode)
  })
  const raw = {
    indices,
    values: Float64Array.from(kept, (entry) => table.values.at(entry)),
    missing: table.missing === null ? null : flagsOf(kept, [table.missing]),
    folds: table.folds.length === 0 ? null : flagsOf(kept, table.folds),
  }
  const sizes = modes.map(({ size }) => size)
  const duplicates = findDuplicates(raw.indices, sizes)
  if (duplicates !== null && rule === 'refuse' && !about.preview) {
    throw new FiligreeError(
      'invalid-data',
      `${about.name} has ${counted(duplicates.count, 'entry', 'entries')} at places that are taken already; the first is entry ${grouped((kept[duplicates.first] ?? 0) + 1)}, at ${placeText(axes, raw.indices, duplicates.first)}. Choose whether such entries are summed or averaged.`,
      { field: 'duplicates' },
    )
  }
  const merged =
    duplicates === null || rule === 'refuse'
      ? raw
      : mergedEntries(raw, sizes, table.folds.length, rule, about.name)
  const left = count - kept.length
  return {
    ...merged,
    axes,
    modes,
    foldCount: table.folds.length,
    options: [
      ...bases.options,
      ...(duplicates === null && rule === about.duplicates ? [] : [duplicateOption(rule)]),
      ...(table.values.whole || !hasNan(table.values) ? [] : [nanRowsOption(nanIsMissing)]),
    ],
    facts: [
      { label: 'Entries', value: `${about.sample ? 'more than ' : ''}${grouped(merged.values.length)}` },
      ...(bases.said === null ? [] : [{ label: 'Indices', value: bases.said }]),
      ...(table.folds.length === 0
        ? []
        : [{ label: 'Hold-out', value: counted(table.folds.length, 'fold') }]),
    ],
    notes: [
      ...(bases.said === null ? [] : [`Indices ${bases.said}.`]),
      ...(duplicates === null
        ? []
        : [
            `${counted(duplicates.count, 'entry stands at a place that is', 'entries stand at places that are')} taken already${rule === 'refuse' ? ': choose whether such entries are summed or averaged' : rule === 'sum' ? '; they were summed' : '; they were averaged'}.`,
          ]),
      ...(left === 0
        ? []
        : [
            nanIsMissing
              ? `${counted(left, 'entry', 'entries')} without a value (NaN) left out.`
              : `${counted(left, 'entry has', 'entries have')} no value (NaN): say whether NaN marks what is missing.`,
          ]),
      ...(about.sample ? [] : emptySlices(merged.indices, axes)),
    ],
  }
}

function basesOf(
  columns: readonly IndexColumn[],
  choices: ImportChoices,
): { base: number; said: string | null; options: ImportOption[] } {
  const counting = columns.filter(({ kind }) => kind === 'index')
  if (counting.length === 0) return { base: 0, said: null, options: [] }
  const smallest = Math.min(...counting.map(({ numbers }) => numbers.minimum))
  const detected = smallest === 0 ? 0 : 1
  const chosen = chosenWord(choices, 'indexBase', indexBases, 'detect')
  const base = chosen === 'detect' ? detected : Number(chosen)
  if (smallest < base) {
    throw new FiligreeError(
      'invalid-parameter',
      `Indices cannot count from ${base}: the smallest one is ${smallest}.`,
      { field: 'indexBase' },
    )
  }
  return {
    base,
    said: `count from ${base}${chosen === 'detect' ? ' (detected)' : ''}`,
    options: [
      {
        key: 'indexBase',
        title: 'Indices count from',
        help: 'Detected by whether any index is 0.',
        type: 'choice',
        choices: [
          { value: 'detect', title: `Detect: ${detected}` },
          { value: '0', title: '0' },
          { value: '1', title: '1' },
        ],
        value: chosen,
      },
    ],
  }
}

function positionsOf({ kind, numbers }: IndexColumn, base: number): (value: number) => number {
  if (kind === 'index') return (value) => value - base
  if (kind === 'label') return (value) => value
  const index = new Map(numbers.distinct().map((value, position) => [value, position]))
  return (value) => index.get(value) ?? 0
}

function foundMode(column: IndexColumn, base: number, announced: number | null, mode: number): FoundMode {
  const { name, numbers, kind } = column
  if (kind === 'label') return { name, size: column.labels.length, coordinates: null }
  if (kind === 'coordinate') {
    const coordinates = numbers.distinct()
    const [wrong] = [coordinates[0], coordinates.at(-1)].filter((value) => !Number.isFinite(value))
    if (wrong === undefined) return { name, size: coordinates.length, coordinates }
    throw new FiligreeError(
      'invalid-data',
      `A coordinate of mode ${name ?? mode + 1} is ${wrong}, which is no place.`,
    )
  }
  const title = name ?? `mode ${mode + 1}`
  if (!numbers.whole || numbers.minimum < 0) {
    throw new FiligreeError(
      'invalid-data',
      numbers.whole
        ? `An index of ${title} is ${numbers.minimum}; indices are whole numbers from 0. Take ${title} as real coordinates instead.`
        : `Not every index of ${title} is a whole number. Take ${title} as real coordinates instead.`,
    )
  }
  const needed = numbers.maximum - base + 1
  if (needed > largestMode) {
    throw new FiligreeError(
      'invalid-data',
      `${title} would have ${grouped(needed)} entries, more than can be numbered.`,
    )
  }
  if (announced !== null && announced < needed) {
    throw new FiligreeError(
      'invalid-data',
      `The file announces ${counted(announced, 'entry', 'entries')} for ${title}, but has an index of ${grouped(numbers.maximum)} (counting from ${base}).`,
    )
  }
  return { name, size: announced ?? needed, coordinates: null }
}

function keptEntries(table: EntryTable, nanIsMissing: boolean, name: string): Uint32Array {
  const count = table.values.length
  let kept = 0
  const entries = new Uint32Array(count)
  for (let entry = 0; entry < count; entry += 1) {
    const value = table.values.at(entry)
    if (Number.isFinite(value)) {
      entries[kept] = entry
      kept += 1
    } else if (!Number.isNaN(value) || !nanIsMissing) {
      throw new FiligreeError(
        'invalid-data',
        Number.isNaN(value)
          ? `Entry ${grouped(entry + 1)} of ${name} has no value (NaN). If NaN marks what is missing, say so, and such entries are left out.`
          : `Entry ${grouped(entry + 1)} of ${name} is infinite, which no method can work with.`,
        { field: 'nanIsMissing' },
      )
    }
  }
  if (kept === 0) throw new FiligreeError('invalid-data', `Every value of ${name} is NaN.`)
  return entries.subarray(0, kept)
}

function hasNan(values: NumberColumn): boolean {
  for (let entry = 0; entry < values.length; entry += 1) if (Number.isNaN(values.at(entry))) return true
  return false
}

function flagsOf(kept: Uint32Array, columns: readonly NumberColumn[]): Uint8Array {
  const flags = new Uint8Array(kept.length * columns.length)
  kept.forEach((entry, row) => {
    columns.forEach((column, index) => {
      flags[row * columns.length + index] = column.at(entry) === 0 ? 0 : 1
    })
  })
  return flags
}

function placeText(axes: readonly Axis[], indices: Float64Array, row: number): string {
  return axes
    .map((axis, mode) => {
      const index = indices[row * axes.length + mode] ?? 0
      return `${axis.name} ${axis.labels?.[index] ?? axis.coordinates?.[index] ?? index}`
    })
    .join(', ')
}

/** Modes with entries at which the tensor has nothing at all: their factors cannot be learned. */
function emptySlices(indices: Float64Array, axes: readonly Axis[]): string[] {
  // Of a very long mode most entries are empty anyway; counting them would take memory for nothing.
  const counted = axes.map((axis) => (axis.size <= 2 ** 28 ? new Uint8Array(axis.size) : null))
  for (let at = 0; at < indices.length; at += 1) {
    const seen = counted[at % axes.length]
    if (seen !== null && seen !== undefined) seen[indices[at] ?? 0] = 1
  }
  const found = axes.flatMap((axis, mode) => {
    const seen = counted[mode] ?? null
    const empty = seen === null ? 0 : seen.reduce((sum, flag) => sum + (1 - flag), 0)
    return empty === 0 ? [] : [`${grouped(empty)} of ${grouped(axis.size)} in ${axis.name}`]
  })
  return found.length === 0 ? [] : [`Slices without any entry: ${listed(found)}.`]
}

function duplicateOption(value: DuplicateRule): ImportOption {
  return {
    key: 'duplicates',
    title: 'Several entries at one place',
    help: 'What becomes of entries that stand where another one stands already.',
    type: 'choice',
    choices: [
      { value: 'sum', title: 'Sum them' },
      { value: 'mean', title: 'Average them' },
      { value: 'refuse', title: 'Refuse the file' },
    ],
    value,
  }
}

function nanRowsOption(value: boolean): ImportOption {
  return {
    key: 'nanIsMissing',
    title: 'Leave out entries without a value',
    help: 'Off: a NaN is an error. On: entries that are NaN are taken as never observed.',
    type: 'boolean',
    choices: [],
    value,
  }
}
