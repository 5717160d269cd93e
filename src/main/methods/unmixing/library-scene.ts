import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod } from '../../../shared/method'
import { callNative } from '../native'
import { sceneOutputs, sceneParameters, sceneResult } from './generated-scene'
import { spectraCount } from './given-spectra'
import { libraryInputs } from './library'
import { keptLabels } from './prune-library'

/** A generator: a scene of some spectra of a library, with their names in its truth. */
export const libraryScene = defineMethod({
  id: 'library-scene',
  family: 'unmixing',
  version: 1,
  role: 'generator',
  title: 'Scene of library spectra',
  summary: 'A hyperspectral scene of some spectra of a library with known abundances, from a seed.',
  equations: [
    {
      latex: String.raw`\mathbf y_n = s_n\, \mathbf A_{\mathcal S}\, \mathbf x_n + \boldsymbol\varepsilon_n, \qquad \mathbf x_n \ge 0,\ \mathbf 1^{\mathsf T} \mathbf x_n = 1, \qquad \operatorname{E} \varepsilon^2 = \frac{\operatorname{mean}(\mathbf s_n^2 (\mathbf A_{\mathcal S} \mathbf x_n)^2)}{10^{\mathrm{SNR}/10}}`,
      caption:
        'A: library, a column a spectrum; 𝒮: the spectra that are in the scene; xₙ: abundances of pixel n from smooth Gaussian random fields; sₙ: brightness of the pixel; εₙ: white noise.',
    },
  ],
  documentation: `
## When to use it
To see whether sparse unmixing finds the right spectra of your own library: at your noise, with as many materials as you expect. The truth carries the names of the library, so that a run with the same library is scored by names and its signal-to-reconstruction error counts what wrong spectra take.

## What to look out for
- **Prune the library first** and make the scene from what was kept: two spectra that can hardly be told apart make a scene whose truth no method can find.
- **Same library, seed and parameters, same bytes.** The library is written down with the dataset.
- **The noise is white**: of the same size in every band. Real noise is larger where the signal is small.
`.trim(),
  cite: [
    {
      authors: 'Iordache, Bioucas-Dias, Plaza',
      title: 'Sparse unmixing of hyperspectral data',
      year: 2011,
      venue: 'IEEE Transactions on Geoscience and Remote Sensing 49(6)',
      doi: '10.1109/TGRS.2010.2098413',
    },
  ],
  inputs: {
    library: {
      ...libraryInputs.library,
      help: 'Spectra the scene is made of: a library that was imported, resampled or pruned.',
    },
  },
  params: z.object({
    spectra: z.array(z.int().min(0)).max(64).default([]).meta({
      title: 'Spectra',
      symbol: '𝒮',
      help: 'Their numbers in the library, counted from 0. Empty: drawn by the seed.',
    }),
    endmembers: z.int().min(2).max(64).default(5).meta({
      title: 'Materials',
      symbol: 'p',
      help: 'How many spectra are drawn, where none are named.',
    }),
    ...sceneParameters,
  }),
  outputs: sceneOutputs,
  check: ({ library }, { spectra, endmembers }) => {
    const count = spectraCount(library)
    const missing = spectra.find((number) => number >= count)
    if (missing !== undefined) {
      throw wrong(
        'spectra',
        `There is no spectrum ${missing} ${library.from}: it has ${count}, counted from 0.`,
      )
    }
    if (spectra.length === 1) throw wrong('spectra', 'A scene needs at least two spectra. Name another one.')
    if (spectra.length === 0 && endmembers > count) {
      throw wrong(
        'endmembers',
        `${endmembers} materials were asked for; there are ${count} spectra ${library.from}. Choose fewer.`,
      )
    }
  },
  solve: async ({ library }, { spectra, ...scene }, context) => {
    const bands = library.source.shape[0] ?? 0
    const info = await callNative(context, (native, nativeContext) =>
      native.libraryScene(library.source, spectra, { ...scene, bands, corruptedBands: 0 }, nativeContext),
    )
    const names = await keptLabels(context.folder, library.labels)
    return sceneResult(info, { ...scene, endmembers: names.length }, library.bands, names)
  },
})

function wrong(field: string, message: string): FiligreeError {
  return new FiligreeError('invalid-parameter', message, { field })
}
