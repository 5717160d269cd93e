import type { ColumnRole } from '../../shared/dataset'
import { counted, grouped, listed } from './wording'

/** A table as far as it is looked through for what would mislead a fit. */
export interface ExaminedTable {
  rows: number
  columns: readonly { name: string; role: ColumnRole; at: (row: number) => number }[]
}

/** Rows that are looked at: evenly chosen from longer tables. */
const mostRows = 20_000
/** Most inputs whose sums are looked at for the target: the work grows with their square. */
const mostInputs = 64
/** Share of the variance of the target that inputs may explain without telling it outright. */
const toldShare = 0.9999
/** Standard deviations of inputs further apart than this are wild scales. */
const wildScales = 1e6

/** Sentences about inputs that give the target away. */
export function tableLeaks(table: ExaminedTable): string[] {
  const { inputs, target } = readColumns(table)
  return target === undefined ? [] : leaksOf(inputs, target)
}

/** What a person should know before a fit, as sentences: constant columns, repeated rows, leaks, wild scales. */
export function tableFindings(table: ExaminedTable): string[] {
  const { read, inputs, target, step } = readColumns(table)
  return [
    ...constantColumns(read.filter(({ role }) => role !== 'unused' && role !== 'split')),
    ...negativeVariances(read),
    ...wildlyScaled(inputs),
    ...repeatedRows(inputs, Math.ceil(table.rows / step), step),
    ...(target === undefined ? [] : leaksOf(inputs, target)),
  ]
}

function readColumns({ rows, columns }: ExaminedTable) {
  const step = Math.max(1, Math.ceil(rows / mostRows))
  const looked = Array.from({ length: Math.ceil(rows / step) }, (_, index) => index * step)
  const read = columns.map(({ name, role, at }) => ({ name, role, values: Float64Array.from(looked, at) }))
  return {
    ...{ read, step },
    inputs: read.filter(({ role }) => role === 'input'),
    target: read.find(({ role }) => role === 'target'),
  }
}

interface ReadColumn {
  name: string
  values: Float64Array
}

function constantColumns(columns: readonly ReadColumn[]): string[] {
  const same = columns.filter(({ values }) => {
    const finite = values.filter((value) => !Number.isNaN(value))
    return finite.length > 0 && finite.every((value) => value === finite[0])
  })
  if (same.length === 0) return []
  return [
    `${listed(same.map(({ name }) => name))} ${same.length === 1 ? 'has' : 'have'} the same value in every row, and nothing can be learned from ${same.length === 1 ? 'it' : 'them'}.`,
  ]
}

function negativeVariances(columns: readonly (ReadColumn & { role: ColumnRole })[]): string[] {
  return columns.flatMap(({ name, role, values }) => {
    if (role !== 'noise-variance' && role !== 'weight') return []
    const negative = values.filter((value) => value <= 0).length
    const what = role === 'weight' ? 'weights' : 'variances'
    return negative === 0
      ? []
      : [
          `${name} holds ${counted(negative, 'value')} that ${negative === 1 ? 'is' : 'are'} not above zero, which ${what} cannot be.`,
        ]
  })
}

function wildlyScaled(inputs: readonly ReadColumn[]): string[] {
  const spreads = inputs.map(({ name, values }) => ({ name, spread: Math.sqrt(momentsOf(values).variance) }))
  const varying = spreads.filter(({ spread }) => spread > 0)
  const small = varying.reduce(
    (least, each) => (each.spread < least.spread ? each : least),
    varying[0] ?? none,
  )
  const large = varying.reduce((most, each) => (each.spread > most.spread ? each : most), varying[0] ?? none)
  if (!(large.spread > wildScales * small.spread)) return []
  return [
    `${large.name} spreads ${grouped(Math.round(large.spread / small.spread))} times wider than ${small.name}. Leave “Standardise” on for a fit.`,
  ]
}

const none = { name: '', spread: 0 }

function repeatedRows(inputs: readonly ReadColumn[], count: number, step: number): string[] {
  if (inputs.length === 0) return []
  const seen = new Set<string>()
  for (let row = 0; row < count; row += 1) seen.add(inputs.map(({ values }) => values[row]).join())
  const repeated = count - seen.size
  if (repeated === 0) return []
  const among = step === 1 ? '' : ` of ${grouped(count)} looked at`
  return [
    `${counted(repeated, 'row')}${among} repeat${repeated === 1 ? 's' : ''} the inputs of an earlier row. A fit merges them into their mean, and says so.`,
  ]
}

/** Inputs that tell the target: alone, as a copy or a straight line, or as a weighted sum of several. */
function leaksOf(inputs: readonly ReadColumn[], target: ReadColumn): string[] {
  const alone = inputs.filter((input) => correlation(input.values, target.values) ** 2 > toldShare)
  if (alone.length > 0) {
    return [
      `${listed(alone.map(({ name }) => name))} ${alone.length === 1 ? 'determines' : 'each determine'} ${target.name} by a straight line: this looks like a leak. A model that sees ${alone.length === 1 ? 'it' : 'them'} learns nothing else; make ${alone.length === 1 ? 'it' : 'them'} unused unless that is meant.`,
    ]
  }
  if (inputs.length < 2 || inputs.length > mostInputs) return []
  for (const { of, change } of scalesOfTarget(target)) {
    const used = determiningInputs(inputs, { ...target, values: target.values.map(change) })
    if (used === null) continue
    return [
      `${of} is a weighted sum of ${listed(used)} to within a hundredth of its deviation: this looks like a leak. Make these inputs unused unless that is meant.`,
    ]
  }
  return []
}

/** The target as it is, and on the scales that counts and amounts are often brought to or from. */
function scalesOfTarget({ name, values }: ReadColumn): { of: string; change: (value: number) => number }[] {
  const finite = values.filter((value) => !Number.isNaN(value))
  const low = finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  return [
    { of: name, change: (value) => value },
    // A logarithm spans few units: beyond these its exponential is a spike, which any input can point at.
    ...(high - low < 30
      ? [{ of: `The exponential of ${name}`, change: (value: number) => Math.exp(value - high) }]
      : []),
    ...(low > 0 ? [{ of: `The logarithm of ${name}`, change: Math.log }] : []),
  ]
}

/** The inputs that a straight sum for the target needs, fewest first; null where no such sum tells it. */
function determiningInputs(inputs: readonly ReadColumn[], target: ReadColumn): string[] | null {
  const standardised = [...inputs, target].map(({ values }) => standardisedValues(values))
  const y = standardised.at(-1) ?? new Float64Array()
  const residual = Float64Array.from(y)
  const bases: Float64Array[] = []
  const chosen: string[] = []
  const whole = squares(residual)
  // Forward selection by orthogonal directions: the one that explains most of what is left comes next.
  while (bases.length < inputs.length) {
    let best: { index: number; direction: Float64Array; gain: number } | null = null
    for (let index = 0; index < inputs.length; index += 1) {
      const name = inputs[index]?.name ?? ''
      if (chosen.includes(name)) continue
      const direction = Float64Array.from(standardised[index] ?? [])
      for (const basis of bases) subtract(direction, basis, dot(direction, basis))
      const size = Math.sqrt(squares(direction))
      if (size < 1e-6 * Math.sqrt(direction.length)) continue
      const gain = (dot(direction, residual) / size) ** 2
      if (best === null || gain > best.gain)
        best = { index, direction: direction.map((each) => each / size), gain }
    }
    if (best === null) return null
    subtract(residual, best.direction, dot(residual, best.direction))
    bases.push(best.direction)
    chosen.push(inputs[best.index]?.name ?? '')
    if (squares(residual) <= (1 - toldShare) * whole) return chosen
    if (best.gain < 1e-3 * squares(residual)) return null
  }
  return null
}

function standardisedValues(values: Float64Array): Float64Array {
  const { mean, variance } = momentsOf(values)
  const deviation = Math.sqrt(variance)
  return values.map((value) => (Number.isNaN(value) || deviation === 0 ? 0 : (value - mean) / deviation))
}

function correlation(one: Float64Array, other: Float64Array): number {
  const [a, b] = [standardisedValues(one), standardisedValues(other)]
  const size = Math.sqrt(squares(a) * squares(b))
  return size === 0 ? 0 : dot(a, b) / size
}

/** Mean and variance of the numbers that are there. */
export function momentsOf(values: Float64Array): { count: number; mean: number; variance: number } {
  let count = 0
  let mean = 0
  let sum = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    count += 1
    const before = value - mean
    mean += before / count
    sum += before * (value - mean)
  }
  return { count, mean, variance: count < 2 ? 0 : sum / (count - 1) }
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0
  for (let index = 0; index < one.length; index += 1) sum += (one[index] ?? 0) * (other[index] ?? 0)
  return sum
}

function squares(values: Float64Array): number {
  return dot(values, values)
}

function subtract(values: Float64Array, direction: Float64Array, amount: number): void {
  for (let index = 0; index < values.length; index += 1)
    values[index] = (values[index] ?? 0) - amount * (direction[index] ?? 0)
}
