import { colourScale } from '../../../shared/colour-maps'
import type { Artifact } from '../../../shared/run'
import { readWhole } from '../../formats'
import { artifactSource, fixIndex, thinningSentence, thinningStep, thinSource } from '../array-sources'
import type { ArraySource } from '../../../shared/array'
import { row, type Block, type Figure, type MapPanel, type Table } from '../document'
import { formatNumber, formatWhole } from '../../../shared/numbers'
import { describeColourBar, drawMapPicture } from '../pictures/map-picture'
import { planeFigures, type Plane, type PlaneFigures } from '../pictures/plane'
import { unreadable } from '../pictures/unreadable'

/** Longest side of a map, and the pixels all maps of a figure may have together. */
const longestSide = 1024
const mostPixels = 4_000_000

/** Planes to be drawn side by side on one colour scale. */
export interface MapSet {
  title: string
  unit: string | null
  scale: Artifact['scale']
  /** Ends of the values, where known over every pixel; else those of the drawn ones are taken. */
  minimum: number | null
  maximum: number | null
  /** What stands in the caption after the title, each a sentence. */
  notes: string[]
  planes: MapPlane[]
}

/** One map: an array of (lines, samples), from which another one may be subtracted. */
export interface MapPlane {
  title: string
  source: ArraySource
  subtract?: ArraySource
}

/** An artifact's planes: the array itself where it has two axes, else one for each index of its first. */
export function mapSetOf(
  folder: string,
  artifact: Artifact,
  titles: readonly string[],
  notes: string[],
): MapSet {
  const source = artifactSource(folder, artifact)
  const planes =
    source.shape.length === 2
      ? [{ title: titles[0] ?? '', source }]
      : Array.from({ length: source.shape[0] ?? 0 }, (_, index) => ({
          title: titles[index] ?? `${index + 1}`,
          source: fixIndex(source, 0, index),
        }))
  const { title, unit, scale, minimum, maximum } = artifact
  return { title, unit, scale, minimum, maximum, notes, planes }
}

/** Maps of one figure: of a library there are hundreds, most of them empty. */
const mostMaps = 24

/** The strongest of many maps, in their own order, with the words that say so. */
export async function strongestMaps(set: MapSet): Promise<MapSet> {
  if (set.planes.length <= mostMaps) return set
  const strengths: number[] = []
  for (const { source } of set.planes) {
    const step = thinningStep(source.shape, 256)
    const read = await unreadable(set.title, () => readWhole(thinSource(source, step)))
    strengths.push('type' in read ? 0 : meanSize(read.values))
  }
  const least = strengths.toSorted((one, other) => other - one)[mostMaps - 1] ?? 0
  const planes = set.planes.filter((_, index) => (strengths[index] ?? 0) >= least).slice(0, mostMaps)
  const note = `The ${planes.length} with the largest mean of ${formatWhole(set.planes.length)}; the file has all.`
  return { ...set, planes, notes: [...set.notes, note] }
}

function meanSize(values: ArrayLike<number>): number {
  let sum = 0
  let finite = 0
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN
    if (!Number.isFinite(value)) continue
    sum += Math.abs(value)
    finite += 1
  }
  return finite === 0 ? 0 : sum / finite
}

/** Maps side by side with one colour bar and the figures of every one. */
export async function mapsFigure(set: MapSet): Promise<Block> {
  const shape = set.planes[0]?.source.shape ?? [1, 1]
  const side = Math.min(longestSide, Math.floor(Math.sqrt(mostPixels / Math.max(1, set.planes.length))))
  const step = thinningStep(shape, side)
  const read = await unreadable(set.title, async () => {
    const planes: Plane[] = []
    for (const plane of set.planes) planes.push(await readMapPlane(plane, step))
    return planes
  })
  if ('type' in read) return read
  return drawMaps(set, read, step)
}

async function readMapPlane({ source, subtract }: MapPlane, step: number): Promise<Plane> {
  const { values, shape } = await readWhole(thinSource(source, step))
  const [lines = 0, samples = 0] = shape
  if (subtract === undefined) return { lines, samples, values }
  const other = await readWhole(thinSource(subtract, step))
  return { lines, samples, values: values.map((value, index) => value - (other.values[index] ?? Number.NaN)) }
}

function drawMaps(set: MapSet, planes: readonly Plane[], step: number): Figure {
  const figures = planes.map((plane) => planeFigures(plane.values))
  const { low, high } = endsOf(set, figures)
  const scale = colourScale(set.scale, low, high)
  const missing = figures.some((entry) => entry.missing > 0)
  const sentences = [`${set.title}.`, ...set.notes].join(' ') + thinningSentence(step)
  return {
    type: 'figure',
    caption: [sentences],
    panels: planes.map((plane, index): MapPanel => {
      const title = set.planes[index]?.title ?? ''
      return {
        type: 'map',
        title,
        description: describePlane(title === '' ? set.title : `${set.title}: ${title}`, figures[index]),
        png: drawMapPicture(plane, scale),
        width: plane.samples,
        height: plane.lines,
        marks: [],
      }
    }),
    colourBar: describeColourBar(scale, { title: set.title, unit: set.unit, missing }),
    data: figuresTable(set, figures, step),
  }
}

function describePlane(name: string, figures: PlaneFigures | undefined): string {
  if (
    figures === undefined ||
    figures.minimum === null ||
    figures.maximum === null ||
    figures.mean === null
  ) {
    return `${name}: no finite value.`
  }
  return `${name}: from ${formatNumber(figures.minimum, 3)} to ${formatNumber(figures.maximum, 3)}, mean ${formatNumber(figures.mean, 3)}.`
}

function figuresTable(set: MapSet, figures: readonly PlaneFigures[], step: number): Table {
  const value = (number: number | null) => (number === null ? 'none' : formatNumber(number, 4))
  return {
    type: 'table',
    caption: [
      `Values of ${set.title.toLowerCase()}${set.unit === null ? '' : ` in ${set.unit}`}${step === 1 ? '' : ', over the drawn pixels'}.`,
    ],
    columns: [
      { title: 'Map', align: 'start' },
      { title: 'Minimum', align: 'end' },
      { title: 'Mean', align: 'end' },
      { title: 'Maximum', align: 'end' },
      { title: 'Pixels without a value', align: 'end' },
    ],
    rows: figures.map((entry, index) => {
      const title = set.planes[index]?.title ?? ''
      return row([
        title === '' ? set.title : title,
        value(entry.minimum),
        value(entry.mean),
        value(entry.maximum),
        formatWhole(entry.missing),
      ])
    }),
  }
}

/** The ends of the values: those given, else of what is drawn; 0 and 1 where nothing is finite. */
function endsOf(set: MapSet, figures: readonly PlaneFigures[]): { low: number; high: number } {
  const lows = figures.flatMap((entry) => entry.minimum ?? [])
  const highs = figures.flatMap((entry) => entry.maximum ?? [])
  return {
    low: set.minimum ?? (lows.length === 0 ? 0 : Math.min(...lows)),
    high: set.maximum ?? (highs.length === 0 ? 1 : Math.max(...highs)),
  }
}
