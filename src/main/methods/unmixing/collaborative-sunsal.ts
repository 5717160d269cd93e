import { z } from 'zod'
import { defineMethod, output } from '../../../shared/method'
import { checkLibraryInputs, libraryInputs, libraryOutputs, pixelStopping, solveWithLibrary } from './library'
import { preparationParameters } from './preparation'

/** Sparse unmixing where the scene as a whole uses few spectra. */
export const collaborativeSunsal = defineMethod({
  id: 'clsunsal',
  family: 'unmixing',
  version: 1,
  title: 'Collaborative SUnSAL',
  summary: 'Sparse unmixing with a library: the scene as a whole uses few of its spectra.',
  equations: [
    {
      latex: String.raw`\min_{\mathbf X \ge 0}\ \tfrac12 \lVert \mathbf A \mathbf X - \mathbf Y \rVert_F^2 + \lambda \sum_k \lVert \mathbf x^k \rVert_2`,
      caption:
        'Y: all pixels; A: library; xᵏ: abundance map of spectrum k as one long vector; λ: row sparsity.',
    },
  ],
  documentation: `
## When to use it
When a few materials make up the whole scene: a spectrum is then used everywhere it helps or nowhere, and noise in single pixels cannot bring in others.

## What to look out for
- **λ is weighed against whole maps**, so it may be far larger than in SUnSAL, and grows with the root of the number of pixels.
- **A rare material is at a disadvantage**: one that fills a handful of pixels may be dropped. Compare with SUnSAL.
- **It keeps a number for every abundance in memory**: 8 bytes times pixels times spectra.
`.trim(),
  cite: [
    {
      authors: 'Iordache, Bioucas-Dias, Plaza',
      title: 'Collaborative sparse regression for hyperspectral unmixing',
      year: 2014,
      venue: 'IEEE Transactions on Geoscience and Remote Sensing 52(1)',
      doi: '10.1109/TGRS.2013.2240001',
    },
  ],
  inputs: libraryInputs,
  params: z.object({
    sparsity: z.number().min(0).max(1e9).default(0.1).meta({
      title: 'Row sparsity',
      symbol: 'λ',
      help: 'Weight of the lengths of the abundance maps. More leaves fewer spectra in the whole scene.',
      logarithmic: true,
    }),
    ...pixelStopping,
    tolerance: pixelStopping.tolerance.default(1e-5),
    maxIterations: pixelStopping.maxIterations.default(1000),
    ...preparationParameters,
    normalisation: preparationParameters.normalisation.default('none'),
  }),
  outputs: {
    ...libraryOutputs,
    convergence: output.trace({
      title: 'Convergence',
      columns: [
        { name: 'change', title: 'Change of an abundance', unit: null, logarithmic: true },
        { name: 'active', title: 'Active spectra', unit: null, logarithmic: false },
      ],
    }),
  },
  check: checkLibraryInputs,
  solve: (inputs, parameters, context) =>
    solveWithLibrary(inputs, parameters, context, (native, cube, library, nativeContext) =>
      native.collaborative(cube, library, parameters, nativeContext),
    ),
})
