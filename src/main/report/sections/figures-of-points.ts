import { artifactFigure } from './artifact-figure'
import { readArtifact } from '../pictures/read-artifact'
import type { Artifact } from '../../../shared/run'
import { formatNumber, formatWhole } from '../../../shared/numbers'
import { drawBarChart } from '../charts/bar-chart'
import { evenPlaces } from '../charts/chart-parts'
import { drawPlaneChart, drawScatterChart, type Point } from '../charts/scatter-chart'
import { componentNames } from '../component-names'
import { row, type Table } from '../document'
import type { ReportedRun } from '../report-input'
import { capitalised } from '../../../shared/words'

/** Points of a scatter that are drawn; more would swamp the report and only blot the picture. */
const mostPoints = 1500
/** Longest table behind a picture. */
const mostRows = 512
/** Bars of one figure. */
const mostBars = 64

/** Points by their first two quantities; one that the method chose stands out. */
export const scatterFigure = artifactFigure((read, { key, run, artifact, notes }) => {
  const [count = 0, width = 0] = read.shape
  const names = componentNames(artifact.axes[0], run)
  const quantities = Array.from({ length: width }, (_, index) =>
    capitalised(artifact.axes[1]?.labels?.[index] ?? `quantity ${index + 1}`),
  )
  const valueAt = (point: number, quantity: number) => read.values[point * width + quantity] ?? Number.NaN
  const choice = quantities.findIndex((name) => name.toLowerCase() === 'chosen')
  const told = quantities.flatMap((_, index) => (index === choice ? [] : [index]))
  const [horizontal = 0, vertical = 1] = told
  const pointAt = (point: number): Point => [valueAt(point, horizontal), valueAt(point, vertical)]
  const all = Array.from({ length: count }, (_, point) => point)
  const chosen = choice < 0 ? -1 : all.findIndex((point) => valueAt(point, choice) === 1)
  const drawn = evenPlaces(count, mostPoints)
  const scales = artifact.axisScales
  const said = chosen < 0 ? [] : [`Chosen: ${names[chosen] ?? `${chosen + 1}`}.`]
  const thinned =
    drawn.length < count ? [`${formatWhole(drawn.length)} of ${formatWhole(count)} points are drawn.`] : []
  return {
    type: 'figure',
    caption: [[`${artifact.title}.`, ...notes, ...said, ...thinned].join(' ')],
    panels: [
      drawScatterChart({
        key,
        title: artifact.title,
        description: `${quantities[vertical] ?? ''} against ${quantities[horizontal] ?? ''} of ${formatWhole(count)} points. ${said.join('')}`,
        horizontal: { title: quantities[horizontal] ?? '', logarithmic: scales.horizontal === 'logarithmic' },
        vertical: { title: quantities[vertical] ?? '', logarithmic: scales.vertical === 'logarithmic' },
        points: drawn.map(pointAt),
        chosen: chosen < 0 ? null : { at: pointAt(chosen), name: names[chosen] ?? `${chosen + 1}` },
      }),
    ],
    colourBar: null,
    data:
      count > mostRows
        ? null
        : numbersTable(artifact, names, quantities, (point, place) => valueAt(point, place)),
  }
})

/** One bar an item, or one a part of it. */
export const barsFigure = artifactFigure(async (read, { key, run, artifact, notes }) => {
  const deviation = run.record.artifacts.find(({ deviationOf }) => deviationOf === artifact.name)
  const spread = deviation === undefined ? null : await readArtifact(run, deviation)
  const spreads = spread === null || 'type' in spread ? null : spread.values
  const [count = 0, parts = 1] = read.shape
  const items = componentNames(artifact.axes[0], run)
  const partNames = Array.from(
    { length: parts },
    (_, part) => artifact.axes[1]?.labels?.[part] ?? (parts === 1 ? artifact.title : `Part ${part + 1}`),
  )
  const shown = Math.min(count, mostBars)
  const cut = shown < count ? [`The first ${shown} of ${formatWhole(count)}.`] : []
  const unit = artifact.unit === null ? '' : ` (${artifact.unit})`
  const valueAt = (item: number, part: number) => read.values[item * parts + part] ?? Number.NaN
  return {
    type: 'figure',
    caption: [
      [
        `${artifact.title}.`,
        ...notes,
        ...cut,
        ...(spreads === null ? [] : ['Its deviations stand in the table.']),
      ].join(' '),
    ],
    panels: [
      drawBarChart({
        key,
        title: artifact.title,
        description: `${artifact.title}: ${items
          .slice(0, shown)
          .map((item, index) => `${item} ${formatNumber(valueAt(index, 0), 3)}`)
          .join('; ')}.`,
        items: items.slice(0, shown),
        value: {
          title: `${artifact.title}${unit}`,
          logarithmic: artifact.axisScales.vertical === 'logarithmic',
        },
        parts: partNames.map((name, part) => ({
          name,
          values: Array.from({ length: shown }, (_, item) => valueAt(item, part)),
        })),
      }),
    ],
    colourBar: null,
    data: numbersTable(
      artifact,
      items.slice(0, mostRows),
      spreads === null ? partNames : [...partNames, ...partNames.map((name) => `${name}, deviation`)],
      (item, part) =>
        part < parts ? valueAt(item, part) : (spreads?.[item * parts + part - parts] ?? Number.NaN),
    ),
  }
})

/** Pixels in the plane of their first two components, with the simplex where the run has one. */
export const projectionFigure = artifactFigure(async (read, { key, run, artifact, notes }) => {
  const [components = 0, lines = 0, samples = 0] = read.shape
  const size = lines * samples
  const titles = componentNames(artifact.axes[0], run)
  const simplex = run.record.artifacts.find(({ meaning }) => meaning === 'simplex') ?? null
  const corners = simplex === null ? [] : await cornersOf(run, simplex)
  const plane = (component: number) => read.values.subarray(component * size, (component + 1) * size)
  const vertical = Math.min(1, components - 1)
  const horizontalTitle = titles[0] ?? ''
  const verticalTitle = titles[vertical] ?? ''
  const drawn =
    corners.length === 0
      ? 'Darker where more pixels lie.'
      : 'Darker where more pixels lie; dashed: the simplex of the endmembers.'
  return {
    type: 'figure',
    caption: [[`${artifact.title}.`, ...notes, drawn].join(' ')],
    panels: [
      drawPlaneChart({
        key,
        title: artifact.title,
        description: `${formatWhole(size)} pixels by ${horizontalTitle} and ${verticalTitle}${corners.map(({ name, at }) => `; ${name} at ${formatNumber(at[0], 3)}, ${formatNumber(at[1], 3)}`).join('')}.`,
        horizontal: horizontalTitle,
        vertical: verticalTitle,
        x: plane(0),
        y: plane(vertical),
        corners,
      }),
    ],
    colourBar: null,
    data:
      corners.length === 0
        ? null
        : {
            type: 'table',
            caption: ['Corners of the simplex in the plane.'],
            columns: [
              { title: 'Corner', align: 'start' },
              { title: horizontalTitle, align: 'end' },
              { title: verticalTitle, align: 'end' },
            ],
            rows: corners.map(({ name, at }) => row([name, formatNumber(at[0], 5), formatNumber(at[1], 5)])),
          },
  }
})

async function cornersOf(run: ReportedRun, simplex: Artifact): Promise<{ at: Point; name: string }[]> {
  const read = await readArtifact(run, simplex)
  if ('type' in read) return []
  const [count = 0, components = 1] = read.shape
  const names = componentNames(simplex.axes[0], run)
  return Array.from({ length: count }, (_, corner) => ({
    at: [
      read.values[corner * components] ?? Number.NaN,
      read.values[corner * components + Math.min(1, components - 1)] ?? Number.NaN,
    ],
    name: names[corner] ?? `${corner + 1}`,
  }))
}

function numbersTable(
  artifact: Artifact,
  names: readonly string[],
  columns: readonly string[],
  valueAt: (item: number, column: number) => number,
): Table {
  return {
    type: 'table',
    caption: [`${artifact.title}: the values drawn.`],
    columns: [
      { title: capitalised(artifact.axes[0]?.name ?? 'Item'), align: 'start' },
      ...columns.map((title) => ({ title, align: 'end' as const })),
    ],
    rows: names.map((name, item) =>
      row([name, ...columns.map((_, column) => formatNumber(valueAt(item, column), 5))]),
    ),
  }
}
