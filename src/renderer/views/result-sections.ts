import { elementCount } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import { outputOfArtifact, type OutputDescription, type OutputMeaning } from '../../shared/method'
import type { Artifact, RunRecord } from '../../shared/run'
import { mapsOnPage } from './pages.svelte'
import { rowsOver } from './rows-over'
import { placeOf, type DerivedKind } from './view-order'

/** A part of the results page: an artifact in its own view, or something made from it. */
export interface ResultSection {
  /** Unique on the page. */
  id: string
  artifact: Artifact
  picture: DerivedKind | null
  title: string
  help: string | null
  /** Heading it stands under; null where the method gives none. */
  heading: string | null
  /** Takes the whole width of the page; two others stand side by side where there is room. */
  wide: boolean
}

/** Most numbers of maps that are read at once; of larger ones those that are seen. */
export const mostNumbers = 32_000_000

const wideMeanings: ReadonlySet<OutputMeaning> = new Set(['maps', 'spectra', 'factors', 'tensor', 'tradeoff'])

/** Columns of a table, and letters of its headings and its longest row label, that fit into half of the page. */
const narrowTable = { columns: 5, letters: 56 } as const
/** Lines of a series whose legend leaves room for the lines in half of the page. */
const narrowSeries = 8

/**
 * The parts of the results page in the order they are shown. Deviations stand with what they are deviations of, the
 * corners of a simplex with the projection they lie in.
 */
export function resultSections(
  record: RunRecord,
  dataset: Dataset | null,
  outputs: readonly OutputDescription[] = [],
): ResultSection[] {
  const { artifacts } = record
  const projected = artifacts.some(({ meaning }) => meaning === 'projection')
  const companion = (artifact: Artifact) =>
    artifacts.some(({ name }) => name === artifact.deviationOf) ||
    (artifact.meaning === 'simplex' && projected) ||
    artifacts.some((other) => rowsOver(other, artifacts) === artifact) ||
    (artifact.name === 'sliceLevels' && artifacts.some(({ meaning }) => meaning === 'slices'))
  const sections = artifacts
    .filter(
      (artifact) => artifact.meaning !== 'trace' && artifact.meaning !== 'model' && !companion(artifact),
    )
    .flatMap((artifact) => [ownSection(artifact), ...derivedSections(artifact, record, dataset)])
    .map((section) => ({
      ...section,
      heading: outputOfArtifact(outputs, section.artifact.name)?.section ?? null,
    }))
  const first = tableBeforeManyMaps(artifacts)
  const place = ({ picture, artifact }: ResultSection) =>
    artifact === first ? -1 : placeOf(picture ?? artifact.meaning)
  const declared = ({ artifact }: ResultSection) => {
    const output = outputOfArtifact(outputs, artifact.name)
    return output === undefined ? outputs.length : outputs.indexOf(output)
  }
  const headingPlace = ({ heading }: ResultSection) => outputs.findIndex(({ section }) => section === heading)
  const inOrder = sections.toSorted((one, other) => place(one) - place(other))
  const headed = inOrder.filter(({ heading }) => heading !== null)
  return [
    ...inOrder.filter(({ heading }) => heading === null),
    ...headed.toSorted(
      (one, other) => headingPlace(one) - headingPlace(other) || declared(one) - declared(other),
    ),
  ]
}

/** A table that a method gives before more maps than a page holds: it says which of them are worth a look. */
function tableBeforeManyMaps(artifacts: readonly Artifact[]): Artifact | null {
  const maps = artifacts.findIndex(({ meaning, shape }) => meaning === 'maps' && (shape[0] ?? 0) > mapsOnPage)
  return artifacts.find(({ meaning }, index) => meaning === 'table' && index < maps) ?? null
}

function isWideTable({ meaning, shape, axes }: Artifact): boolean {
  if (meaning !== 'table' && meaning !== 'matrix') return false
  const letters = (axes[1]?.labels ?? []).reduce((sum, label) => sum + label.length, 0)
  const rowLetters = Math.max(0, ...(axes[0]?.labels ?? []).map((label) => label.length))
  return (shape[1] ?? 1) > narrowTable.columns || letters + rowLetters > narrowTable.letters
}

function isWideSeries({ meaning, shape }: Artifact): boolean {
  return meaning === 'series' && (shape[1] ?? 1) > narrowSeries
}

function ownSection(artifact: Artifact): ResultSection {
  const { name, title, meaning } = artifact
  return {
    id: name,
    artifact,
    picture: null,
    title,
    help: null,
    heading: null,
    wide: wideMeanings.has(meaning) || isWideTable(artifact) || isWideSeries(artifact),
  }
}

function derivedSections(artifact: Artifact, record: RunRecord, dataset: Dataset | null): ResultSection[] {
  if (artifact.name === 'core' && canReconstruct(record)) {
    return [
      {
        id: 'reconstruction',
        artifact,
        picture: 'reconstruction',
        heading: null,
        title: 'Original, reconstruction and residual',
        help: 'Any slice of the tensor beside what core and factors make of it. Only the rows of the factors that a slice needs are multiplied.',
        wide: true,
      },
    ]
  }
  const fractions = artifact.meaning === 'maps' && artifact.scale === 'fraction'
  const count = artifact.shape[0] ?? 0
  if (!fractions || count < 2 || elementCount(artifact.shape) > mostNumbers) return []
  const derived = (kind: DerivedKind, title: string, help: string): ResultSection => ({
    id: `${artifact.name}-${kind}`,
    artifact,
    picture: kind,
    title,
    help,
    heading: null,
    wide: false,
  })
  const sections = [
    derived(
      'dominant',
      'Dominant material',
      `The largest of the ${artifact.title.toLowerCase()} in every pixel.`,
    ),
  ]
  const truth = dataset?.truth?.abundances ?? null
  const matched = record.scoreCard?.matching.some((component) => component !== null) ?? false
  if (truth !== null && matched && truth.shape.slice(1).join() === artifact.shape.slice(1).join()) {
    sections.push(
      derived(
        'agreement',
        `${artifact.title} against the truth`,
        'Every pixel by its true and its estimated abundance; on the line both agree.',
      ),
    )
  }
  return sections
}

/** Whether a run has a core, and factors for all of its modes. */
function canReconstruct({ artifacts }: RunRecord): boolean {
  const core = artifacts.find(({ name }) => name === 'core')
  return (
    core !== undefined &&
    core.shape.length > 1 &&
    core.shape.every((_, mode) => artifacts.some(({ name }) => name === `factors-${mode + 1}`))
  )
}
