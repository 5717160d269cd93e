import { bytesPerElement, elementCount, type Axis } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import {
  axisTitle,
  formatBytes,
  formatCount,
  formatNumber,
  formatQuantity,
  formatWhole,
} from '../../shared/numbers'
import { formatTime } from '../design/format-date'

export interface Fact {
  label: string
  value: string
  title?: string
  figures?: boolean
}

/** '95 × 95 pixels, 156 bands', '498 spectra, 224 bands', or the bare shape of what is neither. */
export function sizeText(dataset: Pick<Dataset, 'kind' | 'array' | 'axes' | 'parts'>): string {
  if (dataset.kind === 'tensor') return dataset.axes.map(({ size }) => size).join(' × ')
  const [lines, samples, bands] = dataset.array.shape
  if (dataset.kind === 'matrix') return matrixSizeText(dataset)
  if (dataset.kind === 'table')
    return `${formatCount(lines ?? 0, 'row')}, ${formatCount(samples ?? 0, 'column')}`
  if (dataset.kind === 'cube' && bands !== undefined) return `${lines} × ${samples} pixels, ${bands} bands`
  if (dataset.kind === 'library') return `${formatCount(samples ?? 0, 'spectrum', 'spectra')}, ${lines} bands`
  return dataset.array.shape.join(' × ')
}

function matrixSizeText({ array, axes, parts }: Pick<Dataset, 'array' | 'axes' | 'parts'>): string {
  const size = axes.map((axis) => formatWhole(axis.size)).join(' × ')
  const pointers = parts['rows']?.shape ?? []
  const systems = pointers.length === 2 ? `${formatCount(pointers[0] ?? 0, 'system')}, ` : ''
  return `${systems}${size}, ${formatCount(array.shape[0] ?? 0, 'entry', 'entries')}`
}

/** '0.4 – 2.5 µm'; null where the axis has no coordinates. */
export function axisRange(axis: Axis | undefined): string | null {
  const coordinates = axis?.coordinates
  if (axis === undefined || coordinates === null || coordinates === undefined || coordinates.length === 0) {
    return null
  }
  const low = formatNumber(Math.min(...coordinates))
  return `${low} – ${formatQuantity(Math.max(...coordinates), axis.unit)}`
}

/** What the inspector says of a dataset's numbers. */
export function arrayFacts(dataset: Dataset): Fact[] {
  const { array, summary, quantity } = dataset
  const bytes = elementCount(array.shape) * bytesPerElement[array.dtype]
  const facts: Fact[] = [
    { label: 'Size', value: sizeText(dataset) },
    { label: 'Type', value: `${array.dtype}, ${formatBytes(bytes)}` },
    ...(dataset.kind === 'table'
      ? tableFacts(dataset)
      : [{ label: 'Quantity', value: axisTitle(quantity.name, quantity.unit) }]),
  ]
  // Columns have units of their own: their list tells range and mean of each.
  if (dataset.kind === 'table') return facts
  const range = axisRange(dataset.axes.find(({ name }) => name === 'band'))
  if (range !== null) facts.push({ label: 'Wavelengths', value: range, figures: true })
  if (dataset.scale !== 1) facts.push({ label: 'Scale', value: formatNumber(dataset.scale), figures: true })
  if (dataset.noDataValue !== null) {
    facts.push({ label: 'No data', value: formatNumber(dataset.noDataValue), figures: true })
  }
  const bad = dataset.goodBands?.filter((good) => !good).length ?? 0
  if (bad > 0) facts.push({ label: 'Bad bands', value: `${bad}, left out of charts` })
  if (summary !== null) {
    facts.push({
      label: 'Values',
      value: `${formatNumber(summary.minimum)} … ${formatNumber(summary.maximum)}`,
      figures: true,
    })
    facts.push({ label: 'Mean', value: formatNumber(summary.mean), figures: true })
    // Entries of a matrix have either sign by nature.
    const odd = dataset.kind === 'matrix' ? '' : oddValues(summary)
    if (odd !== '') facts.push({ label: 'Odd values', value: odd })
  }
  return facts
}

function tableFacts({ axes, columnRoles = [], summary }: Dataset): Fact[] {
  const names = axes[1]?.labels ?? []
  const target = columnRoles.indexOf('target')
  const inputs = columnRoles.filter((role) => role === 'input').length
  return [
    { label: 'Target', value: target < 0 ? 'none' : (names[target] ?? `column ${target + 1}`) },
    { label: 'Inputs', value: formatWhole(inputs), figures: true },
    ...(summary === null || summary.nanCount === 0
      ? []
      : [{ label: 'Missing', value: formatCount(summary.nanCount, 'value') }]),
  ]
}

function oddValues(summary: NonNullable<Dataset['summary']>): string {
  const parts: [number, string][] = [
    [summary.nanCount, 'NaN'],
    [summary.infiniteCount, 'infinite'],
    [summary.negativeCount, 'negative'],
    [summary.noDataCount, 'without data'],
  ]
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatWhole(count)} ${word}`)
    .join(', ')
}

/** Where a dataset came from, for the inspector. */
export function originFacts(dataset: Dataset): Fact[] {
  const { origin, array } = dataset
  const added: Fact = { label: 'Added', value: formatTime(dataset.createdAt) }
  if (origin.type === 'generated') {
    return [
      { label: 'Made by', value: `${origin.generator}, version ${origin.version}` },
      ...Object.entries(origin.inputs).map(([name, { title }]) => ({
        label: `From (${name})`,
        value: title,
      })),
      { label: 'Seed', value: String(origin.seed), figures: true },
      ...Object.entries(origin.parameters).map(([label, value]) => ({
        label,
        value: String(value),
        figures: true,
      })),
      added,
    ]
  }
  return [
    { label: 'Format', value: origin.format },
    ...origin.files.map((file, index) => ({
      label: index === 0 ? 'From' : `From (${index + 1})`,
      value: fileName(file.path),
      title: file.path,
    })),
    {
      label: 'Kept',
      value: array.location === 'external' ? 'where it was, mapped' : 'as a copy in the project',
    },
    added,
  ]
}

/** The last part of a path of any system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}

/** One line for a list: where it is from. */
export function originText(dataset: Dataset): string {
  const { origin } = dataset
  if (origin.type === 'generated') return `Generated, seed ${origin.seed}`
  return origin.files.map((file) => fileName(file.path)).join(', ')
}
