import type { Dataset } from '../../shared/dataset'
import { formatNumber, formatWhole } from '../../shared/numbers'
import type { Fact } from '../datasets/dataset-facts'

/** Vectors of a matrix dataset that can be looked at, with what they are called. */
const vectorTitles: Readonly<Record<string, string>> = {
  rightHandSide: 'Right-hand side',
  knownSolution: 'Known solution',
  coefficient: 'Coefficient',
  initialState: 'Initial state',
  nearNullSpace: 'Near-null space',
}

/** Systems in a matrix dataset: more than one in a sequence. */
export function systemCount({ parts }: Pick<Dataset, 'parts'>): number {
  const pointers = parts['rows']?.shape ?? []
  return pointers.length === 2 ? (pointers[0] ?? 1) : 1
}

/** The vectors a dataset has, in a fixed order. */
export function vectorsOf({ parts }: Pick<Dataset, 'parts'>): { name: string; title: string }[] {
  return Object.entries(vectorTitles).flatMap(([name, title]) =>
    parts[name] === undefined ? [] : [{ name, title }],
  )
}

/** What the inspector says of a matrix that its arrays tell; a run of 'Inspect a matrix' says more. */
export function matrixFacts(dataset: Dataset): Fact[] {
  const systems = systemCount(dataset)
  const entries = (dataset.array.shape[0] ?? 0) / systems
  const rows = dataset.axes[0]?.size ?? 0
  const columns = dataset.axes[1]?.size ?? 0
  const facts: Fact[] = [
    { label: 'Rows', value: formatWhole(rows), figures: true },
    { label: 'Columns', value: formatWhole(columns), figures: true },
    { label: systems > 1 ? 'Entries a system' : 'Entries', value: formatWhole(entries), figures: true },
    { label: 'Entries a row', value: formatNumber(entries / Math.max(1, rows), 4), figures: true },
    {
      label: 'Filled',
      value: `${formatNumber((100 * entries) / Math.max(1, rows * columns), 3)} %`,
      figures: true,
    },
    { label: 'Numbers', value: dataset.array.dtype.startsWith('complex') ? 'complex' : 'real' },
  ]
  if (systems > 1) facts.unshift({ label: 'Systems', value: formatWhole(systems), figures: true })
  const vectors = vectorsOf(dataset).map(({ title }) => title.toLowerCase())
  const others = [
    ...(dataset.parts['mass'] === undefined ? [] : ['mass matrix']),
    ...(dataset.parts['coordinates'] === undefined ? [] : ['coordinates']),
  ]
  const parameters = dataset.parts['parameters']
  if (parameters !== undefined) others.push(`${formatWhole(parameters.shape[1] ?? 1)} parameters a system`)
  const known = [...vectors, ...others]
  facts.push({ label: 'With it', value: known.length === 0 ? 'nothing else' : known.join(', ') })
  if (dataset.grid !== undefined) {
    facts.push({ label: 'Grid', value: dataset.grid.map(({ size }) => formatWhole(size)).join(' × ') })
  }
  return facts
}
