import { basename } from 'node:path'
import { columnRoleSchema, columnRoleTitles, truthChoice, type Dataset } from '../../../shared/dataset'
import { code, row, type Block, type Facts, type Inline, type Section, type Table } from '../document'
import { formatBytes, formatCount, formatNumber, formatWhole, withUnit } from '../../../shared/numbers'
import { capitalised } from '../../../shared/words'
import { formatTime, formatValue } from '../words'
import { compositeFigure } from '../pictures/composite-figure'

type Fact = Facts['items'][number]

/** What a dataset is, where it came from, and what it looks like. */
export async function datasetSection(dataset: Dataset, folder: string | null): Promise<Section> {
  const picture = folder === null ? null : await compositeFigure(dataset, folder)
  const blocks: Block[] = [{ type: 'facts', items: [...facts(dataset), ...origin(dataset)] }]
  if (picture !== null) blocks.push(picture)
  const files = originFiles(dataset)
  if (files !== null) blocks.push(files)
  if (dataset.notes.length > 0) {
    blocks.push({
      type: 'statement',
      tone: 'note',
      title: 'Noted at the import',
      text: dataset.notes.map((note) => [note]),
    })
  }
  return { id: `dataset-${dataset.id}`, title: `Dataset: ${dataset.name}`, blocks, sections: [] }
}

function facts(dataset: Dataset): Fact[] {
  const sizes = dataset.axes.map((axis) => formatCount(axis.size, axis.name))
  const items: Fact[] = [
    fact('Kind', `${dataset.kind}, ${sizes.join(' × ')}`),
    dataset.kind === 'table'
      ? fact('Columns', columnsText(dataset))
      : fact('Quantity', withUnit(dataset.quantity.name, dataset.quantity.unit)),
    fact('Stored as', storage(dataset)),
    {
      label: 'SHA-256',
      value: dataset.array.sha256 === null ? ['not computed yet'] : [code(dataset.array.sha256)],
    },
  ]
  for (const axis of dataset.axes) {
    const span = coordinateSpan(axis.coordinates)
    if (span !== null) items.push(fact(capitalised(axis.name), withUnit(span, axis.unit)))
  }
  if (dataset.goodBands !== null) {
    const bad = dataset.goodBands.filter((good) => !good).length
    items.push(fact('Bad bands', bad === 0 ? 'none' : `${bad} marked bad by the file`))
  }
  if (dataset.noDataValue !== null) items.push(fact('No-data value', formatNumber(dataset.noDataValue, 6)))
  // Columns of a table have units of their own: no number is about all of them.
  if (dataset.summary !== null && dataset.kind !== 'table')
    items.push(fact('Values', valueSummary(dataset.summary)))
  if (dataset.truth !== null) items.push(fact('Known truth', truthText(dataset.truth)))
  return items
}

/** Most columns that are told by name. */
const namedColumns = 40

/** What the columns of a table are for: 'Target: temperature; Input: lon, lat'. */
function columnsText({ axes, columnRoles = [] }: Dataset): string {
  const names = axes[1]?.labels ?? []
  const texts = columnRoleSchema.options.flatMap((role) => {
    const own = columnRoles.flatMap((each, column) =>
      each === role ? [names[column] ?? `column ${column + 1}`] : [],
    )
    if (own.length === 0) return []
    const more = own.length > namedColumns ? ` and ${formatWhole(own.length - namedColumns)} more` : ''
    return [`${columnRoleTitles[role]}: ${own.slice(0, namedColumns).join(', ')}${more}`]
  })
  return texts.join('; ')
}

function storage(dataset: Dataset): string {
  const parts = [dataset.array.dtype, formatBytes(dataset.array.bytes)]
  if (dataset.scale !== 1) parts.push(`stored numbers are multiplied by ${formatNumber(dataset.scale, 6)}`)
  if (dataset.array.location === 'external') parts.push('left where it was imported from')
  return parts.join(', ')
}

function valueSummary(summary: NonNullable<Dataset['summary']>): string {
  const parts: string[] = []
  if (summary.minimum !== null && summary.maximum !== null) {
    parts.push(`${formatNumber(summary.minimum, 6)} to ${formatNumber(summary.maximum, 6)}`)
  }
  if (summary.mean !== null) parts.push(`mean ${formatNumber(summary.mean, 6)}`)
  if (summary.negativeCount > 0) parts.push(`${formatWhole(summary.negativeCount)} negative`)
  const invalid = summary.nanCount + summary.infiniteCount
  if (invalid > 0) parts.push(`${formatWhole(invalid)} not finite`)
  if (summary.noDataCount > 0) parts.push(`${formatWhole(summary.noDataCount)} without data`)
  return parts.join(', ')
}

function truthText(truth: NonNullable<Dataset['truth']>): string {
  const held = [
    truth.endmembers === null ? null : 'endmembers',
    truth.abundances === null ? null : 'abundances',
  ]
  const names = truth.names.length === 0 ? '' : ` of ${truth.names.join(', ')}`
  return `${held.filter((part) => part !== null).join(' and ')}${names}; from ${truth.source}`
}

function origin(dataset: Dataset): Fact[] {
  const from = dataset.origin
  const added = fact('Added to the project', formatTime(dataset.createdAt))
  if (from.type === 'file') {
    const choices = Object.entries(from.choices).map(
      ([key, value]) => `${key} = ${formatValue(key === truthChoice ? basename(String(value)) : value)}`,
    )
    return [
      fact('Origin', `imported as ${from.format}`),
      ...(choices.length > 0 ? [fact('Import choices', choices.join(', '))] : []),
      added,
    ]
  }
  const parameters = Object.entries(from.parameters).map(([key, value]) => `${key} = ${formatValue(value)}`)
  return [
    fact('Origin', `generated by ${from.generator}, version ${from.version}, seed ${from.seed}`),
    ...Object.entries(from.inputs).map(([name, { title }]) => fact(`Made from (${name})`, title)),
    fact('Generator parameters', parameters.join(', ')),
    added,
  ]
}

/** The imported files by name only: the folders they lay in are nobody else's business. */
function originFiles(dataset: Dataset): Table | null {
  if (dataset.origin.type !== 'file' || dataset.origin.files.length === 0) return null
  return {
    type: 'table',
    caption: ['The files the dataset was imported from.'],
    columns: [
      { title: 'File', align: 'start' },
      { title: 'Size', align: 'end' },
      { title: 'SHA-256', align: 'start' },
    ],
    rows: dataset.origin.files.map((file) =>
      row([
        fileName(file.path),
        formatBytes(file.bytes),
        file.sha256 === null ? 'not computed yet' : [code(file.sha256)],
      ]),
    ),
  }
}

/** The last part of a path of either kind of system. */
function fileName(path: string): string {
  return basename(path.replaceAll('\\', '/'))
}

function coordinateSpan(coordinates: readonly number[] | null): string | null {
  const first = coordinates?.[0]
  const last = coordinates?.at(-1)
  if (first === undefined || last === undefined) return null
  return `${formatNumber(first, 6)} to ${formatNumber(last, 6)}`
}

function fact(label: string, value: string): Fact {
  const text: Inline[] = [value]
  return { label, value: text }
}
