import { z } from 'zod'
import type { Axis } from '../../../shared/array'
import type { Dataset } from '../../../shared/dataset'
import { FiligreeError } from '../../../shared/failure'
import type { CubeValue } from '../../../shared/method'
import { counted } from '../../formats/wording'
import type { CubeInput } from '../native'

/**
 * How a cube is prepared: the same block for every unmixing method, so that runs can be compared.
 *
 * Unit length is the default everywhere. Without it the brightness of a pixel (slope, shadow) counts as
 * material, and a truth or a library, which is rarely on the scale of the data, cannot be used at all: with
 * Samson's true endmembers FCLS is off by 40 % on raw pixels and by 4 % on pixels of unit length. It is
 * also what the published benchmarks do, so figures can be compared with theirs.
 */
export const preparationParameters = {
  normalisation: z
    .enum(['unit-length', 'none', 'min-max', 'min-max-unit-length'])
    .default('unit-length')
    .meta({
      title: 'Scaling of pixels',
      group: 'Preparation',
      help: 'Unit length removes brightness and makes endmembers from elsewhere comparable. Choose none for a calibrated scene whose endmembers are on the same scale. Endmembers given as input are scaled in the same way.',
      choices: {
        'unit-length': 'Each pixel to unit length',
        'none': 'As it is',
        'min-max': 'Whole cube to 0 … 1',
        'min-max-unit-length': 'Whole cube to 0 … 1, then unit length',
      },
    }),
  useGoodBands: z.boolean().default(true).meta({
    title: 'Leave out bad bands',
    group: 'Preparation',
    help: 'Leaves out the bands that the file itself marks as bad. Makes no difference where it marks none.',
  }),
  invalidPixels: z
    .enum(['refuse', 'skip'])
    .default('refuse')
    .meta({
      title: 'Pixels with NaN or infinity',
      group: 'Preparation',
      advanced: true,
      help: 'Stop and say where they are, or leave these pixels out: their results are then NaN.',
      choices: { refuse: 'Stop and say where', skip: 'Leave them out' },
    }),
}

/** Only for methods that need data that are nowhere negative. */
export const negativeValuesParameter = z
  .enum(['refuse', 'clip'])
  .default('refuse')
  .meta({
    title: 'Negative values',
    group: 'Preparation',
    advanced: true,
    help: 'This method needs data that are nowhere negative. Stop and say where they are, or set them to zero; the run then says how many there were.',
    choices: { refuse: 'Stop and say where', clip: 'Set to zero' },
  })

export interface Preparation {
  normalisation: CubeInput['normalisation']
  useGoodBands: boolean
  invalidPixels: CubeInput['invalidPixels']
}

/** Zero-based bands that take part, rising; null where all do. */
export function keptBands(dataset: Dataset, useGoodBands: boolean): number[] | null {
  if (!useGoodBands || dataset.goodBands === null || dataset.goodBands.every(Boolean)) return null
  const kept = dataset.goodBands.flatMap((good, band) => (good ? [band] : []))
  if (kept.length === 0) {
    throw new FiligreeError(
      'invalid-data',
      `The file of '${dataset.name}' marks every band as bad. Turn off 'Leave out bad bands' to use them all.`,
      {
        field: 'useGoodBands',
      },
    )
  }
  return kept
}

/** The cube as the addon takes it. */
export function cubeInput(
  cube: CubeValue,
  preparation: Preparation,
  negativeValues: CubeInput['negativeValues'] = 'refuse',
): CubeInput {
  return {
    source: cube.source,
    scale: cube.dataset.scale,
    bands: keptBands(cube.dataset, preparation.useGoodBands),
    normalisation: preparation.normalisation,
    noDataValue: cube.dataset.noDataValue,
    invalidPixels: preparation.invalidPixels,
    negativeValues,
  }
}

/** Number of bands that take part. */
export function bandCount(dataset: Dataset, useGoodBands: boolean): number {
  return keptBands(dataset, useGoodBands)?.length ?? axisSize(dataset, 2)
}

/** Refuses more endmembers than there are bands, before anything starts. */
function checkEndmemberCount(dataset: Dataset, useGoodBands: boolean, endmembers: number): void {
  const bands = bandCount(dataset, useGoodBands)
  if (endmembers <= bands) return
  throw new FiligreeError(
    'invalid-parameter',
    `${endmembers} endmembers cannot be told apart in ${bands} bands: '${dataset.name}' has fewer bands than that. Choose at most ${bands}.`,
    { field: 'endmembers' },
  )
}

/**
 * Refuses negative data before anything starts, where the import counted them; the addon looks again. Bands that are
 * left out may hold them all, and a stretch to 0 … 1 leaves none.
 */
export function checkNegativeValues(
  dataset: Dataset,
  { normalisation, useGoodBands }: Preparation,
  negativeValues: CubeInput['negativeValues'],
): void {
  const { negativeCount = 0, firstNegative } = dataset.summary ?? {}
  const untouched = negativeValues === 'refuse' && !normalisation.startsWith('min-max')
  if (negativeCount === 0 || !untouched || keptBands(dataset, useGoodBands) !== null) return
  const [line, sample, band] = firstNegative ?? []
  throw new FiligreeError(
    'invalid-data',
    `'${dataset.name}' holds ${counted(negativeCount, 'negative value')}, the first at line ${line}, sample ${sample}, band ${band} (counted from 0), and this method needs data that are nowhere negative. Set them to zero (negativeValues=clip), or leave the bands out.`,
    { field: 'negativeValues' },
  )
}

/** Refuses NaN and infinities before anything starts, where the import counted them; the addon looks again. */
function checkInvalidPixels(dataset: Dataset, { invalidPixels, useGoodBands }: Preparation): void {
  const { nanCount = 0, infiniteCount = 0, firstInvalid } = dataset.summary ?? {}
  const count = nanCount + infiniteCount
  if (count === 0 || invalidPixels === 'skip' || keptBands(dataset, useGoodBands) !== null) return
  const [line, sample, band] = firstInvalid ?? []
  throw new FiligreeError(
    'invalid-data',
    `'${dataset.name}' holds ${counted(count, 'value')} that ${count === 1 ? 'is' : 'are'} NaN or infinite, the first at line ${line}, sample ${sample}, band ${band} (counted from 0). Leave these pixels out (invalidPixels=skip), or mend the file.`,
    { field: 'invalidPixels' },
  )
}

/** What every unmixing method asks of a cube before it starts. */
export function checkCube(dataset: Dataset, preparation: Preparation, endmembers: number | null): void {
  if (endmembers !== null) checkEndmemberCount(dataset, preparation.useGoodBands, endmembers)
  checkInvalidPixels(dataset, preparation)
}

/** Axes of the outputs that every unmixing method shares. */
export function unmixingAxes(dataset: Dataset, useGoodBands: boolean) {
  const line = plainAxis('line', axisSize(dataset, 0))
  const sample = plainAxis('sample', axisSize(dataset, 1))
  return {
    spectra: (endmembers: number): Axis[] => [keptBandAxis(dataset, useGoodBands), endmemberAxis(endmembers)],
    maps: (endmembers: number): Axis[] => [endmemberAxis(endmembers), line, sample],
    map: (): Axis[] => [line, sample],
    series: (): Axis[] => [keptBandAxis(dataset, useGoodBands)],
    positions: (endmembers: number): Axis[] => [
      endmemberAxis(endmembers),
      { ...plainAxis('coordinate', 2), labels: ['line', 'sample'] },
    ],
  }
}

/** The band axis of what a method gives back: the bands that take part, with their wavelengths. */
export function keptBandAxis(dataset: Dataset, useGoodBands: boolean): Axis {
  const axis = dataset.axes[2] ?? plainAxis('band', axisSize(dataset, 2))
  const kept = keptBands(dataset, useGoodBands)
  if (kept === null) return axis
  const pick = <Value>(values: Value[] | null) =>
    values === null ? null : kept.flatMap((band) => values.slice(band, band + 1))
  return {
    ...axis,
    size: kept.length,
    // Without wavelengths the numbers of the kept bands are what tells them apart.
    coordinates: pick(axis.coordinates) ?? kept,
    labels: pick(axis.labels),
  }
}

function endmemberAxis(endmembers: number): Axis {
  return plainAxis('endmember', endmembers)
}

/** An axis whose positions are their numbers. */
export function plainAxis(name: string, size: number): Axis {
  return { name, size, unit: null, coordinates: null, labels: null }
}

/** Length of an axis of the dataset's array. */
export function axisSize(dataset: Dataset, axis: number): number {
  return dataset.array.shape[axis] ?? 0
}
