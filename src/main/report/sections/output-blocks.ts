import { readArtifact } from '../pictures/read-artifact'
import { outputOfArtifact, type OutputMeaning } from '../../../shared/method'
import type { Artifact } from '../../../shared/run'
import { componentNames } from '../component-names'
import { paragraph, row, type Block } from '../document'
import { formatNumber, formatWhole } from '../../../shared/numbers'
import { inWords } from '../../../shared/words'
import { compositeFigure } from '../pictures/composite-figure'
import type { ReportedRun } from '../report-input'
import type { ArtifactFigure } from './artifact-figure'
import { coreFigure } from './core-figure'
import { barsFigure, projectionFigure, scatterFigure } from './figures-of-points'
import { axisPositions, axisTitle, linesFigure } from './lines-figure'
import { mapSetOf, mapsFigure, strongestMaps } from './maps-figure'
import { middleSlice } from './middle-slice'
import { seriesFigure, spectraFigure } from './spectra-figure'
import { tradeoffFigure } from './tradeoff-figure'
import { truthMapFigures } from './truth-maps'

/** Draws an artifact. `key` is unique in the document. */
type OutputDrawer = (key: string, run: ReportedRun, artifact: Artifact) => Promise<Block[]>

/** Rows of a table of numbers that are printed; the file has all of them. */
const printedRows = 64

/** How an output is shown depends on its meaning alone, so a new method needs no report code of its own. */
const drawers: Record<OutputMeaning, OutputDrawer> = {
  maps: async (_, run, artifact) => [
    await mapsFigure(
      await strongestMaps(
        mapSetOf(run.folder, artifact, componentNames(artifact.axes[0], run), helpOf(run, artifact)),
      ),
    ),
    ...(await truthMapFigures(run, artifact)),
  ],
  map: async (_, run, artifact) => [
    await mapsFigure(mapSetOf(run.folder, artifact, [''], helpOf(run, artifact))),
  ],
  spectra: inOneFigure(spectraFigure),
  factors: inOneFigure(spectraFigure),
  matrix: (_, run, artifact) => drawField(_, run, artifact),
  field: (key, run, artifact) => drawField(key, run, artifact),
  tensor: drawTensor,
  points: drawPoints,
  projection: inOneFigure(projectionFigure),
  simplex: drawTable,
  series: inOneFigure(seriesFigure),
  bars: inOneFigure(barsFigure),
  tradeoff: inOneFigure(tradeoffFigure),
  scatter: inOneFigure(scatterFigure),
  // A page has no sliders: the curve, the fields and the relevance of the inputs say it there.
  slices: () => Promise.resolve([]),
  graph: () => Promise.resolve([]),
  // Numbers to predict with, not to be read.
  model: () => Promise.resolve([]),
  table: drawTable,
  scalars: drawTable,
  // The convergence section shows traces.
  trace: () => Promise.resolve([]),
}

/** Everything a report shows of one artifact; nothing where another one's figure shows it already. */
export function outputBlocks(key: string, run: ReportedRun, artifact: Artifact): Promise<Block[]> {
  if (isCompanion(run.record.artifacts, artifact)) return Promise.resolve([])
  return drawers[artifact.meaning](`${key}-${artifact.name}`, run, artifact)
}

/** Meanings whose deviations stand with them: as bands around lines, in the table behind bars. */
const deviationMeanings: readonly OutputMeaning[] = ['series', 'spectra', 'factors', 'bars']

/** Deviations stand with what they are of, the corners of a simplex lie in the projection, levels belong to slices. */
function isCompanion(artifacts: readonly Artifact[], { name, meaning, deviationOf }: Artifact): boolean {
  if (name === 'sliceLevels') return artifacts.some((other) => other.meaning === 'slices')
  if (meaning === 'simplex') return artifacts.some((other) => other.meaning === 'projection')
  return deviationMeanings.includes(meaning) && artifacts.some((other) => other.name === deviationOf)
}

/** The figure alone, with what the method says of the output in its caption. */
function inOneFigure(draw: ArtifactFigure): OutputDrawer {
  return async (key, run, artifact) => [await draw({ key, run, artifact, notes: helpOf(run, artifact) })]
}

function helpOf(run: ReportedRun, artifact: Artifact): string[] {
  const help = outputOfArtifact(run.method.outputs, artifact.name)?.help ?? ''
  return help === '' ? [] : [help]
}

/** One axis as a line, two as a map, more as the map through the middle of all leading axes. */
async function drawField(key: string, run: ReportedRun, artifact: Artifact): Promise<Block[]> {
  const notes = helpOf(run, artifact)
  if (artifact.shape.length > 1) {
    const slice = middleSlice(run.folder, artifact)
    const set = mapSetOf(run.folder, artifact, [''], [...notes, ...slice.notes])
    return [await mapsFigure({ ...set, planes: [{ title: '', source: slice.source }] })]
  }
  const read = await readArtifact(run, artifact)
  if ('type' in read) return [read]
  const [axis] = artifact.axes
  return [
    linesFigure({
      key,
      title: artifact.title,
      horizontal: { title: axisTitle(axis), positions: axisPositions(axis, read.values.length) },
      vertical: { title: artifact.unit ?? 'Value', logarithmic: false },
      lines: [{ name: artifact.title, values: read.values, dashed: false, colour: 0 }],
      caption: [[`${artifact.title}.`, ...notes].join(' ')],
    }),
  ]
}

/** The largest entries as bars, then the middle slice. */
async function drawTensor(key: string, run: ReportedRun, artifact: Artifact): Promise<Block[]> {
  const bars = await inOneFigure(coreFigure)(key, run, artifact)
  return [...bars, ...(artifact.shape.length > 1 ? await drawField(`${key}-slice`, run, artifact) : [])]
}

/** Positions as a table; where they are pixels of the scene, as rings on its picture too. */
async function drawPoints(key: string, run: ReportedRun, artifact: Artifact): Promise<Block[]> {
  const table = await drawTable(key, run, artifact)
  const coordinates = artifact.axes[1]?.labels ?? []
  if (coordinates[0] !== 'line' || coordinates[1] !== 'sample') return table
  if (run.dataset === null || run.datasetFolder === null) return table
  const read = await readArtifact(run, artifact)
  if ('type' in read) return table
  const positions = Array.from({ length: read.shape[0] ?? 0 }, (_, index) => ({
    line: read.values[index * 2] ?? 0,
    sample: read.values[index * 2 + 1] ?? 0,
    label: `${index + 1}`,
  }))
  const picture = await compositeFigure(run.dataset, run.datasetFolder, { title: artifact.title, positions })
  return picture === null ? table : [picture, ...table]
}

/** The numbers themselves: a row for each entry of the first axis. */
async function drawTable(_key: string, run: ReportedRun, artifact: Artifact): Promise<Block[]> {
  const read = await readArtifact(run, artifact)
  if ('type' in read) return [read]
  const [count = 0, ...rest] = read.shape
  const width = rest.reduce((product, size) => product * size, 1)
  const names = componentNames(artifact.axes[0], run)
  const columns = artifact.axes[1]?.labels ?? Array.from({ length: width }, (_, column) => `${column + 1}`)
  const unit = artifact.unit === null ? '' : ` In ${artifact.unit}.`
  const notes = [`${artifact.title}.`, ...helpOf(run, artifact)].join(' ') + unit
  const cut = count > printedRows ? ` The first ${printedRows} of ${formatWhole(count)} rows.` : ''
  if (count === 0) return [paragraph(`${artifact.title}: empty.`)]
  return [
    {
      type: 'table',
      caption: [notes + cut],
      columns: [
        { title: inWords(artifact.axes[0]?.name ?? 'entry'), align: 'start' },
        ...(rest.length === 0 ? ['Value'] : columns.slice(0, width)).map((title) => ({
          title,
          align: 'end' as const,
        })),
      ],
      rows: Array.from({ length: Math.min(count, printedRows) }, (_, index) =>
        row([
          names[index] ?? `${index + 1}`,
          ...Array.from(read.values.subarray(index * width, (index + 1) * width), (value) =>
            formatNumber(value, 6),
          ),
        ]),
      ),
    },
  ]
}
