import type { Dataset } from '../../../shared/dataset'
import { displayBandsOf } from '../../../shared/display-bands'
import { bandsOfCube } from '../../formats'
import { thinningSentence } from '../array-sources'
import type { Figure, Inline } from '../document'
import { formatNumber, withUnit } from '../../../shared/numbers'
import { formatPercent } from '../words'
import { drawComposite, stretchShares } from './composite-picture'
import { describeColourBar, drawMapPicture } from './map-picture'
import { planeFigures, type Plane } from './plane'
import { unreadable, type Unreadable } from './unreadable'

/** Longest side of a picture of a scene. */
const longestSide = 1024

/** A position in a scene, zero-based. */
export interface ScenePoint {
  line: number
  sample: number
  label: string
}

/**
 * A picture of a cube with positions pointed out: three bands as red, green and blue, or the only one in
 * grey. Null for what is no cube; a statement where the file cannot be read any more.
 */
export async function compositeFigure(
  dataset: Dataset,
  folder: string,
  points: { title: string; positions: readonly ScenePoint[] } | null = null,
): Promise<Figure | Unreadable | null> {
  if (dataset.kind !== 'cube' || dataset.array.shape.length !== 3) return null
  const { bands, chosenBy } = displayBandsOf(dataset)
  const distinct = new Set(bands).size === 1 ? [bands[0]] : [...bands]
  const read = await unreadable(`The picture of ${dataset.name}`, () =>
    bandsOfCube(dataset, folder, distinct, longestSide),
  )
  if ('type' in read) return read
  const [count, lines, samples] = read.shape
  const planes = Array.from({ length: count }, (_, index): Plane => {
    const values = Float64Array.from(
      read.values.subarray(index * lines * samples, (index + 1) * lines * samples),
    )
    return { lines, samples, values }
  })
  const [red, green, blue] = planes
  const picture = {
    type: 'map' as const,
    title: '',
    description: `Picture of ${dataset.name}, ${lines} lines by ${samples} samples.`,
    width: samples,
    height: lines,
    marks: (points?.positions ?? []).map(({ line, sample, label }) => ({
      x: (sample + 0.5) / read.step,
      y: (line + 0.5) / read.step,
      label,
    })),
  }
  const end = `${thinningSentence(read.step)}${points === null ? '' : ` Rings: ${points.title.toLowerCase()}.`}`
  if (red !== undefined && green !== undefined && blue !== undefined) {
    const shares = `${formatPercent(stretchShares.low)} to ${formatPercent(stretchShares.high)}`
    return {
      type: 'figure',
      caption: [
        `${dataset.name} in red, green and blue: ${bands.map((band) => bandName(dataset, band)).join(', ')}; ${reasons[chosenBy]}. Each band is stretched from percentile ${shares}.${end}`,
      ],
      panels: [{ ...picture, png: drawComposite(red, green, blue) }],
      colourBar: null,
      data: null,
    }
  }
  return red === undefined ? null : singleBand(dataset, red, picture, bandName(dataset, bands[0]), end)
}

const reasons = {
  file: 'the bands the file proposes',
  wavelength: 'the bands nearest to 650, 550 and 450 nm',
  position: 'bands taken by their place, so the colours are not natural ones',
}

function singleBand(
  dataset: Dataset,
  plane: Plane,
  picture: Omit<Extract<Figure['panels'][number], { type: 'map' }>, 'png'>,
  band: string,
  end: string,
): Figure {
  const figures = planeFigures(plane.values)
  const scale = { colourMap: 'grey' as const, low: figures.minimum ?? 0, high: figures.maximum ?? 1 }
  const caption: Inline[] = [`${dataset.name}, ${band}.${end}`]
  return {
    type: 'figure',
    caption,
    panels: [{ ...picture, png: drawMapPicture(plane, scale) }],
    colourBar: describeColourBar(scale, {
      title: dataset.quantity.name,
      unit: dataset.quantity.unit,
      missing: figures.missing > 0,
    }),
    data: null,
  }
}

function bandName(dataset: Dataset, band: number): string {
  const axis = dataset.axes[2]
  const position = axis?.coordinates?.[band]
  const number = `band ${band}`
  if (position === undefined || axis === undefined || axis.unit === null) return number
  return `${number} (${withUnit(formatNumber(position, 4), axis.unit)})`
}
