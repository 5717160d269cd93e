import { z } from 'zod'
import { defineMethod, output } from '../../../shared/method'
import { checkLibraryInputs, libraryInputs, libraryOutputs, solveWithLibrary } from './library'
import { preparationParameters } from './preparation'

/** Multiscale sparse unmixing: superpixels first, then pixels near them. */
export const multiscale = defineMethod({
  id: 'mua',
  family: 'unmixing',
  version: 1,
  title: 'Multiscale unmixing (MUA)',
  summary:
    'Sparse unmixing with a library: superpixels are unmixed first, then every pixel close to its own.',
  equations: [
    {
      latex: String.raw`\min_{\mathbf X \ge 0}\ \tfrac12 \lVert \mathbf A \mathbf X - \mathbf Y \rVert_F^2 + \lambda_2 \lVert \mathbf X \rVert_{1,1} + \tfrac{\beta}{2} \lVert \mathbf X - \hat{\mathbf X} \rVert_F^2`,
      caption:
        'Y: all pixels; A: library; X̂: abundances of the superpixels, found in the same way with λ₁ from their mean spectra, repeated for their pixels; β: how closely pixels follow. Both problems are solved exactly, by an active set.',
    },
  ],
  documentation: `
## When to use it
As SUnSAL with total variation, where neighbours are alike, at a fraction of its time and memory: the mean of a superpixel has far less noise than its pixels.

## What to look out for
- **The map of superpixels tells whether it can work**: they should follow the borders you know. Smaller ones keep detail, larger ones average more noise away.
- **β is weighed against the library's own scale.** The authors' code divides by the mean square of the scene first; multiply their β by it to compare.
- **Small objects** inside a superpixel are pulled towards their surroundings.
`.trim(),
  cite: [
    {
      authors: 'Borsoi, Imbiriba, Bermudez, Richard',
      title: 'A fast multiscale spatial regularization for sparse hyperspectral unmixing',
      year: 2019,
      venue: 'IEEE Geoscience and Remote Sensing Letters 16(4)',
      doi: '10.1109/LGRS.2018.2878394',
    },
    {
      authors: 'Achanta, Shaji, Smith, Lucchi, Fua, Süsstrunk',
      title: 'SLIC superpixels compared to state-of-the-art superpixel methods',
      year: 2012,
      venue: 'IEEE Transactions on Pattern Analysis and Machine Intelligence 34(11)',
      doi: '10.1109/TPAMI.2012.120',
    },
  ],
  inputs: libraryInputs,
  params: z.object({
    coarseSparsity: z.number().min(0).max(1e6).default(0.005).meta({
      title: 'Sparsity of superpixels',
      symbol: 'λ₁',
      logarithmic: true,
    }),
    sparsity: z.number().min(0).max(1e6).default(0.05).meta({
      title: 'Sparsity of pixels',
      symbol: 'λ₂',
      logarithmic: true,
    }),
    spatialWeight: z.number().min(0).max(1e6).default(1).meta({
      title: 'Spatial weight',
      symbol: 'β',
      help: 'How closely the abundances of a pixel follow those of its superpixel. More for more noise.',
      logarithmic: true,
    }),
    superpixelSize: z.int().min(2).max(1000).default(8).meta({
      title: 'Superpixel size',
      unit: 'pixels',
      help: 'Side of a superpixel.',
      group: 'Superpixels',
    }),
    compactness: z.number().min(0).max(1e6).default(0.00125).meta({
      title: 'Compactness',
      help: 'More makes superpixels squarer, less lets them follow the spectra.',
      group: 'Superpixels',
      advanced: true,
      logarithmic: true,
    }),
    ...preparationParameters,
    normalisation: preparationParameters.normalisation.default('none'),
  }),
  outputs: {
    ...libraryOutputs,
    superpixels: output.map({ title: 'Superpixels', help: 'Number of the superpixel of every pixel.' }),
  },
  check: checkLibraryInputs,
  solve: (inputs, parameters, context) =>
    solveWithLibrary(inputs, parameters, context, (native, cube, library, nativeContext) =>
      native.multiscale(cube, library, parameters, nativeContext),
    ),
})
