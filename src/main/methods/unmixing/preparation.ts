import { z } from 'zod'
import type { Axis } from '../../../shared/array'
import type { Dataset } from '../../../shared/dataset'
import { FiligreeError } from '../../../shared/failure'
import type { CubeValue, SpectraValue } from '../../../shared/method'
import { counted } from '../../formats/wording'
import type { CubeInput } from '../native'
import { keptBands, type BandChoice } from './band-choice'

export { keptBands, type BandChoice }

const normalisations = z.enum(['unit-length', 'none', 'min-max', 'min-max-unit-length', 'brightness'])

const normalisationMeta = {
  title: 'Scaling of pixels',
  group: 'Preparation',
  help: 'Unit length removes brightness and makes endmembers from elsewhere comparable; so does mean brightness, which divides each pixel by the mean of its values (taken without their sign) over the bands that take part. Choose none for a calibrated scene whose endmembers are on the same scale. Endmembers given as input are scaled in the same way.',
  choices: {
    'unit-length': 'Each pixel to unit length',
    'none': 'As it is',
    'min-max': 'Whole cube to 0 … 1',
    'min-max-unit-length': 'Whole cube to 0 … 1, then unit length',
    'brightness': 'Each pixel to mean brightness one',
  },
}

/**
 * How a cube is prepared: the same block for every unmixing method, so that runs can be compared.
 *
 * Unit length is the default everywhere. Without it the brightness of a pixel (slope, shadow) counts as
 * material, and a truth or a library, which is rarely on the scale of the data, cannot be used at all: with
 * Samson's true endmembers FCLS is off by 40 % on raw pixels and by 4 % on pixels of unit length. It is
 * also what the published benchmarks do, so figures can be compared with theirs.
 */
export const preparationParameters = {
  normalisation: normalisations.default('unit-length').meta(normalisationMeta),
  useGoodBands: z.boolean().default(true).meta({
    title: 'Leave out bad bands',
    group: 'Preparation',
    help: 'Leaves out the bands that the file itself marks as bad. Makes no difference where it marks none.',
  }),
  leaveOutBands: z.string().max(10_000).default('').meta({
    title: 'Further bands to leave out',
    group: 'Preparation',
    help: "Bands counted from 0, as ranges: '0-2, 104-113'. The bad-band detection proposes such a list.",
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

/** For what looks at noise: scaling pixels one by one would spread the noise of one band over all. */
export const unscaledPreparationParameters = {
  ...preparationParameters,
  normalisation: normalisations.default('none').meta({
    ...normalisationMeta,
    help: 'Noise is measured as it is stored unless you choose otherwise: scaling pixels one by one spreads the noise of one band over all.',
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

export interface Preparation extends BandChoice {
  normalisation: CubeInput['normalisation']
  invalidPixels: CubeInput['invalidPixels']
}

/** Takes the parameters of `preparationParameters` apart from a method's own. */
export function splitPreparation<Parameters extends Preparation>({
  normalisation,
  useGoodBands,
  leaveOutBands,
  invalidPixels,
  ...own
}: Parameters): { preparation: Preparation; own: Omit<Parameters, keyof Preparation> } {
  return { preparation: { normalisation, useGoodBands, leaveOutBands, invalidPixels }, own }
}

/** Whether spectra come from a run that stretched its pixels to 0 … 1 as this one does: once is enough. */
function stretchedAlready({ normalisation }: Preparation, spectra: SpectraValue | null): boolean {
  return normalisation.startsWith('min-max') && (spectra?.normalisation?.startsWith('min-max') ?? false)
}

/** The cube as the addon takes it, and how the spectra that go with it are scaled, where there are any. */
export function cubeInput(
  cube: CubeValue,
  preparation: Preparation,
  negativeValues: CubeInput['negativeValues'] = 'refuse',
  spectra: SpectraValue | null = null,
): CubeInput {
  return {
    source: cube.source,
    scale: cube.dataset.scale,
    bands: keptBands(cube.dataset, preparation),
    normalisation: preparation.normalisation,
    noDataValue: cube.dataset.noDataValue,
    invalidPixels: preparation.invalidPixels,
    negativeValues,
    spectraScaled: stretchedAlready(preparation, spectra),
  }
}

/** Number of bands that take part. */
export function bandCount(dataset: Dataset, bands: BandChoice): number {
  return keptBands(dataset, bands)?.length ?? axisSize(dataset, 2)
}

/** Refuses more endmembers than there are bands, before anything starts. */
function checkEndmemberCount(dataset: Dataset, choice: BandChoice, endmembers: number): void {
  const bands = bandCount(dataset, choice)
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
  preparation: Preparation,
  negativeValues: CubeInput['negativeValues'],
): void {
  const { negativeCount = 0, firstNegative } = dataset.summary ?? {}
  const untouched = negativeValues === 'refuse' && !preparation.normalisation.startsWith('min-max')
  if (negativeCount === 0 || !untouched || keptBands(dataset, preparation) !== null) return
  const [line, sample, band] = firstNegative ?? []
  throw new FiligreeError(
    'invalid-data',
    `'${dataset.name}' holds ${counted(negativeCount, 'negative value')}, the first at line ${line}, sample ${sample}, band ${band} (counted from 0), and this method needs data that are nowhere negative. Set them to zero (negativeValues=clip), or leave the bands out.`,
    { field: 'negativeValues' },
  )
}

/** Refuses NaN and infinities before anything starts, where the import counted them; the addon looks again. */
function checkInvalidPixels(dataset: Dataset, preparation: Preparation): void {
  const { nanCount = 0, infiniteCount = 0, firstInvalid } = dataset.summary ?? {}
  const count = nanCount + infiniteCount
  if (count === 0 || preparation.invalidPixels === 'skip' || keptBands(dataset, preparation) !== null) return
  const [line, sample, band] = firstInvalid ?? []
  throw new FiligreeError(
    'invalid-data',
    `'${dataset.name}' holds ${counted(count, 'value')} that ${count === 1 ? 'is' : 'are'} NaN or infinite, the first at line ${line}, sample ${sample}, band ${band} (counted from 0). Leave these pixels out (invalidPixels=skip), or mend the file.`,
    { field: 'invalidPixels' },
  )
}

/** What every unmixing method asks of a cube before it starts. */
export function checkCube(dataset: Dataset, preparation: Preparation, endmembers: number | null): void {
  keptBands(dataset, preparation)
  if (endmembers !== null) checkEndmemberCount(dataset, preparation, endmembers)
  checkInvalidPixels(dataset, preparation)
}

/** Axes of the outputs that every unmixing method shares. */
export function unmixingAxes(dataset: Dataset, bands: BandChoice) {
  const line = plainAxis('line', axisSize(dataset, 0))
  const sample = plainAxis('sample', axisSize(dataset, 1))
  return {
    spectra: (endmembers: number): Axis[] => [keptBandAxis(dataset, bands), endmemberAxis(endmembers)],
    maps: (endmembers: number): Axis[] => [endmemberAxis(endmembers), line, sample],
    map: (): Axis[] => [line, sample],
    series: (): Axis[] => [keptBandAxis(dataset, bands)],
    positions: (endmembers: number): Axis[] => [
      endmemberAxis(endmembers),
      { ...plainAxis('coordinate', 2), labels: ['line', 'sample'] },
    ],
  }
}

/** The band axis of what a method gives back: the bands that take part, with their wavelengths. */
export function keptBandAxis(dataset: Dataset, bands: BandChoice): Axis {
  const axis = dataset.axes[2] ?? plainAxis('band', axisSize(dataset, 2))
  const kept = keptBands(dataset, bands)
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
