import { z } from 'zod'
import { defineMethod, output } from '../../../shared/method'
import {
  abundanceSparsity,
  checkLibraryInputs,
  libraryInputs,
  libraryOutputs,
  pixelStopping,
  solveWithLibrary,
} from './library'
import { preparationParameters } from './preparation'

/** Sparse unmixing with total variation of the abundance maps. */
export const sunsalTv = defineMethod({
  id: 'sunsal-tv',
  family: 'unmixing',
  version: 1,
  title: 'SUnSAL-TV',
  summary: 'Sparse unmixing with a library, with abundance maps that are smooth but for edges.',
  equations: [
    {
      latex: String.raw`\min_{\mathbf X \ge 0}\ \tfrac12 \lVert \mathbf A \mathbf X - \mathbf Y \rVert_F^2 + \lambda \lVert \mathbf X \rVert_{1,1} + \lambda_{TV} \sum_k \operatorname{TV}(\mathbf x^k)`,
      caption:
        'Y: all pixels; A: library; xᵏ: abundance map of spectrum k; TV: jumps to the next sample and the next line, added as they are (anisotropic) or as lengths of vectors (isotropic).',
    },
  ],
  documentation: `
## When to use it
For noisy scenes whose materials form regions with clear borders. The noise of one pixel is then averaged over its region.

## What to look out for
- **Too much total variation erases small objects and paints patches.** Compare the maps with those of SUnSAL.
- **It works on whole maps**: about 100 bytes of memory times pixels times spectra. Prune the library, or use multiscale unmixing, which needs far less.
- **Pixels that were left out** are filled from their neighbours while it runs, and are NaN in the results.
`.trim(),
  cite: [
    {
      authors: 'Iordache, Bioucas-Dias, Plaza',
      title: 'Total variation spatial regularization for sparse hyperspectral unmixing',
      year: 2012,
      venue: 'IEEE Transactions on Geoscience and Remote Sensing 50(11)',
      doi: '10.1109/TGRS.2012.2191590',
    },
  ],
  inputs: libraryInputs,
  params: z.object({
    sparsity: abundanceSparsity,
    variationWeight: z.number().min(0).max(1e6).default(0.01).meta({
      title: 'Total variation',
      symbol: 'λ_TV',
      help: 'Weight of the jumps between neighbouring pixels. 0.03 suits 20 dB, 0.01 suits 30 dB, 0.001 suits 40 dB.',
      logarithmic: true,
    }),
    kind: z
      .enum(['anisotropic', 'isotropic'])
      .default('anisotropic')
      .meta({
        title: 'Kind',
        help: 'Isotropic total variation does not prefer borders along lines and samples.',
        choices: { anisotropic: 'Anisotropic', isotropic: 'Isotropic' },
        advanced: true,
      }),
    ...pixelStopping,
    maxIterations: pixelStopping.maxIterations.default(200),
    ...preparationParameters,
    normalisation: preparationParameters.normalisation.default('none'),
  }),
  outputs: {
    ...libraryOutputs,
    convergence: output.trace({
      title: 'Convergence',
      columns: [{ name: 'split', title: 'Distance of the copies', unit: null, logarithmic: true }],
    }),
  },
  check: checkLibraryInputs,
  solve: (inputs, { kind, ...parameters }, context) =>
    solveWithLibrary(inputs, parameters, context, (native, cube, library, nativeContext) =>
      native.totalVariation(cube, library, { ...parameters, isotropic: kind === 'isotropic' }, nativeContext),
    ),
})
