import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, type MapsValue, type SpectraValue } from '../../../shared/method'
import { callNative } from '../native'
import { sceneOutputs, sceneParameters, sceneResult } from './generated-scene'
import { spectraCount } from './given-spectra'
import { libraryInputs } from './library'
import { keptLabels } from './prune-library'
import { matchByName } from './score'
import { sparseUnmixing } from './citations'

/** A generator: a scene of some spectra of a library, with their names in its truth. */
export const libraryScene = defineMethod({
  id: 'library-scene',
  family: 'unmixing',
  version: 1,
  role: 'generator',
  title: 'Scene of library spectra',
  summary:
    'A hyperspectral scene of some spectra of a library with known abundances: drawn from a seed, or given as maps.',
  equations: [
    {
      latex: String.raw`\mathbf y_n = s_n\, \mathbf A_{\mathcal S}\, \mathbf x_n + \boldsymbol\varepsilon_n, \qquad \operatorname{E} \varepsilon^2 = \frac{\operatorname{mean}(\mathbf s_n^2 (\mathbf A_{\mathcal S} \mathbf x_n)^2)}{10^{\mathrm{SNR}/10}}`,
      caption:
        'A: library, a column a spectrum; 𝒮: the spectra that are in the scene; xₙ: abundances of pixel n, from smooth Gaussian random fields that sum to one, or given and taken as they are; sₙ: brightness of the pixel; εₙ: white noise.',
    },
  ],
  documentation: `
## When to use it
To see whether sparse unmixing finds the right spectra of your own library: at your noise, with as many materials as you expect. The truth carries the names of the library, so that a run with the same library is scored by names and its signal-to-reconstruction error counts what wrong spectra take.

With **abundance maps** of a truth, of an earlier run or of a cube whose bands they are, the scene has a layout of your choice: the published scene DC2 is nine spectra of a pruned library and its nine maps. The maps bring their own size; what shapes drawn abundances (purity cap, smoothness, contrast) does not count then.

## What to look out for
- **A spectrum for every map**: name as many spectra as there are maps, in their order. Where none is named, those of the library with the names of the maps are taken, and where these are not there they are drawn by the seed.
- **Prune the library first** and make the scene from what was kept: two spectra that can hardly be told apart make a scene whose truth no method can find.
- **Same library, seed and parameters, same bytes.** The library is written down with the dataset.
- **The noise is white**: of the same size in every band. Real noise is larger where the signal is small.
`.trim(),
  cite: [sparseUnmixing],
  inputs: {
    library: {
      ...libraryInputs.library,
      help: 'Spectra the scene is made of: a library that was imported, resampled or pruned.',
    },
    abundances: input.maps({
      optional: true,
      title: 'Abundance maps',
      help: 'Maps of the materials, in the order of the spectra. None: drawn by the seed.',
    }),
  },
  params: z.object({
    spectra: z.array(z.int().min(0)).max(64).default([]).meta({
      title: 'Spectra',
      symbol: '𝒮',
      help: 'Their numbers in the library, counted from 0. Empty: those with the names of the maps, or drawn by the seed.',
    }),
    endmembers: z.int().min(2).max(64).default(5).meta({
      title: 'Materials',
      symbol: 'p',
      help: 'How many spectra are drawn, where none are named.',
    }),
    ...sceneParameters,
  }),
  outputs: sceneOutputs,
  check: ({ library, abundances }, { spectra, endmembers }) => {
    const maps = abundances?.source.shape[0] ?? null
    if (maps !== null && spectra.length > 0 && spectra.length !== maps) {
      throw wrong(
        'spectra',
        `${spectra.length} spectra were named for ${maps} maps ${abundances?.from ?? ''}. Name one for every map, in their order.`,
      )
    }
    const wanted = maps ?? endmembers
    const count = spectraCount(library)
    const missing = spectra.find((number) => number >= count)
    if (missing !== undefined) {
      throw wrong(
        'spectra',
        `There is no spectrum ${missing} ${library.from}: it has ${count}, counted from 0.`,
      )
    }
    if (spectra.length === 1) throw wrong('spectra', 'A scene needs at least two spectra. Name another one.')
    if (spectra.length === 0 && wanted > count) {
      throw wrong(
        maps === null ? 'endmembers' : 'abundances',
        `${wanted} materials were asked for; there are ${count} spectra ${library.from}. Choose fewer.`,
      )
    }
  },
  solve: async ({ library, abundances }, { spectra, ...drawn }, context) => {
    const [, lines = drawn.lines, samples = drawn.samples] = abundances?.source.shape ?? []
    const scene = { ...drawn, lines, samples }
    const chosen = spectra.length > 0 ? spectra : namedLike(library, abundances)
    const options = { ...scene, bands: library.source.shape[0] ?? 0, corruptedBands: 0 }
    const info = await callNative(context, (native, nativeContext) =>
      native.libraryScene(library.source, chosen, abundances?.source ?? null, options, nativeContext),
    )
    const names = await keptLabels(context.folder, library.labels)
    return sceneResult(info, { ...scene, endmembers: names.length }, library.bands, names)
  },
})

/** Numbers of the spectra that carry the names of the maps; none unless all are there. */
function namedLike(library: SpectraValue, maps: MapsValue | null): number[] {
  if (maps?.labels == null) return []
  return matchByName(maps.labels, library.labels, maps.labels.length) ?? []
}

function wrong(field: string, message: string): FiligreeError {
  return new FiligreeError('invalid-parameter', message, { field })
}
