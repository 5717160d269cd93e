import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, output, type CubeValue, type SpectraValue } from '../../../shared/method'
import { callNative } from '../native'
import { libraryInputs, unitFactor } from './library'
import { plainAxis } from './preparation'
import { keptLabels } from './prune-library'
import { solveResult } from './result'

/** Wavelengths of scene and library in the unit of the scene. Throws where they are not known. */
function wavelengthsOf(cube: CubeValue, library: SpectraValue): { centres: number[]; own: number[] } {
  const axis = cube.dataset.axes[2]
  const centres = axis?.coordinates ?? null
  const own = library.bands.coordinates
  if (centres === null || own === null) {
    const who = centres === null ? `The cube '${cube.dataset.name}'` : `The library ${library.from}`
    throw new FiligreeError(
      'invalid-data',
      `${who} has no wavelengths, so the library cannot be brought to the bands of the scene. Import it again from a file that has them.`,
      { field: 'library' },
    )
  }
  const factor = unitFactor(library.bands.unit, axis?.unit ?? null)
  if (factor === null) {
    throw new FiligreeError(
      'invalid-data',
      `The library is in ${library.bands.unit ?? 'no unit'} and the scene in ${axis?.unit ?? 'no unit'}: the wavelengths cannot be compared. Import the one without a unit again.`,
      { field: 'library' },
    )
  }
  return { centres, own: own.map((value) => value * factor) }
}

/** Half the distance between the neighbours of a band, on either side: its width where none is known. */
function widthsOf(centres: readonly number[]): number[] {
  const sorted = [...centres].sort((a, b) => a - b)
  return centres.map((centre) => {
    const at = sorted.indexOf(centre)
    const [before, after] = [sorted[Math.max(0, at - 1)] ?? centre, sorted[at + 1] ?? centre]
    const sides = (before < centre ? 1 : 0) + (after > centre ? 1 : 0)
    return sides === 0 ? Math.abs(centre) * 0.01 || 1 : (after - before) / sides
  })
}

/** Brings a library to the bands of a scene. */
export const resampleLibrary = defineMethod({
  id: 'resample-library',
  family: 'unmixing',
  version: 1,
  title: 'Resample a library',
  summary: 'Brings the spectra of a library to the bands of a scene, as its sensor would see them.',
  equations: [
    {
      latex: String.raw`\hat a_b = \frac{\sum_k w_{bk}\, a(\lambda_k)}{\sum_k w_{bk}}, \qquad w_{bk} = \Delta\lambda_k \exp\!\Bigl(-\tfrac12 \tfrac{(\lambda_k - c_b)^2}{\sigma_b^2}\Bigr), \qquad \sigma_b = \frac{\mathrm{FWHM}_b}{2\sqrt{2 \ln 2}}`,
      caption:
        'a(λₖ): a spectrum of the library; Δλₖ: stretch of wavelengths a sample stands for; c_b: centre of band b of the scene; FWHM: its full width at half maximum.',
    },
  ],
  documentation: `
## When to use it
When library and scene were measured by different instruments, before pruning and unmixing. Different units (µm, nm) are converted, and the run says so.

## What to look out for
- **Nothing is extrapolated.** Bands of the scene beyond the library are an error that names them; mark them as bad, or take a wider library.
- **Band widths** are those of the scene's file ("fwhm" of an ENVI header); where it has none, the distances of neighbouring bands; or the one you give.
- **A library coarser than the scene** is interpolated linearly where fewer than three of its samples fall under a band: it gains no detail.
`.trim(),
  cite: [
    {
      authors: 'Clark, Swayze, Livo, Kokaly, Sutley, Dalton, McDougal, Gent',
      title:
        'Imaging spectroscopy: Earth and planetary remote sensing with the USGS Tetracorder and expert systems',
      year: 2003,
      venue: 'Journal of Geophysical Research: Planets 108(E12)',
      doi: '10.1029/2002JE001847',
    },
  ],
  inputs: libraryInputs,
  params: z.object({
    shape: z
      .enum(['gaussian', 'linear'])
      .default('gaussian')
      .meta({
        title: 'Shape of a band',
        choices: {
          gaussian: 'Gaussian of the width of the band',
          linear: 'Linear interpolation at its centre',
        },
      }),
    bandWidth: z.number().positive().nullable().default(null).meta({
      title: 'Band width (FWHM)',
      help: "In the unit of the scene. Empty: the widths the scene's file gives, else the distance of neighbouring bands.",
      advanced: true,
    }),
  }),
  outputs: {
    spectra: output.spectra({ title: 'Resampled spectra', help: 'Can be given to later runs as a library.' }),
  },
  check: ({ cube, library }) => {
    wavelengthsOf(cube, library)
  },
  solve: async ({ cube, library }, { shape, bandWidth }, context) => {
    const { centres, own } = wavelengthsOf(cube, library)
    const known = cube.dataset.bandWidths ?? widthsOf(centres)
    const widths = bandWidth === null ? known : centres.map(() => bandWidth)
    const info = await callNative(context, (native, nativeContext) =>
      native.resampleLibrary(library.source, { library: own, centres, widths, shape }, nativeContext),
    )
    const labels = await keptLabels(context.folder, library.labels)
    const bands = cube.dataset.axes[2] ?? plainAxis('band', centres.length)
    const result = solveResult(info, [
      { name: 'spectra', axes: [bands, { ...plainAxis('spectrum', labels.length), labels }] },
    ])
    const [from, to] = [library.bands.unit, bands.unit]
    if (from === to) return result
    const converted = `The wavelengths of the library were converted from ${from ?? ''} to ${to ?? ''}, the unit of the scene.`
    return { ...result, warnings: [converted, ...result.warnings] }
  },
})
