import type { Dataset } from '../../../shared/dataset'
import { FiligreeError } from '../../../shared/failure'
import type { SpectraValue } from '../../../shared/method'
import { bandCount, type Preparation } from './preparation'

/** Number of spectra in a (bands, p) array. */
export function spectraCount(spectra: SpectraValue): number {
  return spectra.source.shape[1] ?? 0
}

/**
 * Refuses spectra that do not fit the cube: another number of bands, or already scaled by an earlier run
 * in a way that must not be applied twice.
 */
export function checkGivenSpectra(dataset: Dataset, preparation: Preparation, spectra: SpectraValue): void {
  const bands = spectra.source.shape[0] ?? 0
  const all = dataset.array.shape[2] ?? 0
  const kept = bandCount(dataset, preparation)
  if (bands !== all && bands !== kept) {
    const expected = kept === all ? `${all}` : `${all} (or the ${kept} that are kept)`
    throw new FiligreeError(
      'invalid-data',
      `The spectra ${spectra.from} have ${bands} bands, the cube '${dataset.name}' has ${expected}. Spectra and cube must share their bands.`,
      { field: 'endmembers' },
    )
  }
  checkScaling(preparation.normalisation, spectra)
}

/**
 * Dividing each pixel by its own length or brightness may be done again without harm. A stretch of the whole cube to
 * 0 … 1 is not: where both runs have it, the addon leaves it out (`spectraScaled`); after another scaling it is lost.
 */
function checkScaling(normalisation: Preparation['normalisation'], spectra: SpectraValue): void {
  const made = spectra.normalisation
  if (made === null || made === 'none' || made.startsWith('min-max')) return
  if (!normalisation.startsWith('min-max')) return
  throw new FiligreeError(
    'invalid-parameter',
    `The spectra ${spectra.from} were made from pixels that were already scaled ('${made}'); how the whole cube was to be stretched to 0 … 1 can no longer be seen in them. Choose 'unit-length' or 'none', or make them again with '${normalisation}'.`,
    { field: 'normalisation' },
  )
}
