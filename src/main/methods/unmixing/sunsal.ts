import { z } from 'zod'
import { defineMethod } from '../../../shared/method'
import {
  abundanceSparsity,
  checkLibraryInputs,
  libraryInputs,
  libraryOutputs,
  pixelStopping,
  solveWithLibrary,
} from './library'
import { preparationParameters } from './preparation'

/** Sparse unmixing with a library, every pixel on its own. */
export const sunsal = defineMethod({
  id: 'sunsal',
  family: 'unmixing',
  version: 1,
  title: 'SUnSAL',
  summary: 'Sparse unmixing with a library: few of many spectra explain every pixel.',
  equations: [
    {
      latex: String.raw`\min_{\mathbf x \ge 0}\ \tfrac12 \lVert \mathbf y - \mathbf A \mathbf x \rVert_2^2 + \lambda \lVert \mathbf x \rVert_1 \qquad (\mathbf 1^{\mathsf T} \mathbf x = 1 \text{ if asked for})`,
      caption:
        'y: one pixel; A: library, a column a spectrum; x: its abundances, most of them zero; λ: sparsity. Solved exactly by an active set on the Gram matrix, or by alternating directions (ADMM) as published.',
    },
  ],
  documentation: `
## When to use it
When a library of candidate materials is at hand and nobody knows which of them are in the scene. Pixels do not influence each other, so it also runs on scenes larger than memory. For noisy scenes with regions of one material, total variation or multiscale unmixing use the neighbourhood as well.

## Which algorithm
- **Active set** (the default): as abundances are not negative, the sparsity is linear, and every pixel is a small non-negative least-squares problem. Its minimum is found exactly and does not depend on what else is in the scene, with far fewer operations.
- **ADMM, as published**: stops all pixels of a large group together at a tolerance, like the code published figures were made with. Its abundances still carry some of the start, a ridge solution; signal-to-reconstruction errors then differ from those of the minimum by up to some tenths of a decibel, in either direction. Choose it to compare with the literature.

## What to look out for
- **λ grows with the noise.** 0.005 to 0.01 suits 30 to 40 dB, 0.1 suits 20 dB. Above λmax, which the run tells, nothing is left.
- **Similar spectra share an abundance.** Prune the library by angle first; a run names equal spectra.
- **Abundances do not sum to one** unless that is asked for. With the sum fixed, λ plays no role.
- **Library and scene must be on one scale**: reflectance against reflectance ("as it is"), or both at unit length.
`.trim(),
  cite: [
    {
      authors: 'Bioucas-Dias, Figueiredo',
      title:
        'Alternating direction algorithms for constrained sparse regression: application to hyperspectral unmixing',
      year: 2010,
      venue: 'WHISPERS',
      doi: '10.1109/WHISPERS.2010.5594963',
    },
  ],
  inputs: libraryInputs,
  params: z.object({
    sparsity: abundanceSparsity,
    sumToOne: z.boolean().default(false).meta({
      title: 'Abundances sum to one',
      help: 'Only where the library holds every material of the scene.',
    }),
    algorithm: z
      .enum(['active-set', 'admm'])
      .default('active-set')
      .meta({
        title: 'Algorithm',
        help: 'Both minimise the same; the active set exactly, ADMM to a tolerance.',
        choices: { 'active-set': 'Active set (exact)', 'admm': 'ADMM (as published)' },
        advanced: true,
      }),
    ...pixelStopping,
    ...preparationParameters,
    normalisation: preparationParameters.normalisation.default('none'),
  }),
  outputs: libraryOutputs,
  check: checkLibraryInputs,
  solve: (inputs, parameters, context) =>
    solveWithLibrary(inputs, parameters, context, (native, cube, library, nativeContext) =>
      native.sunsal(cube, library, parameters, nativeContext),
    ),
})
