import { z } from 'zod'
import { defineMethod, input } from '../../../shared/method'
import { callNative } from '../native'
import { checkGivenSpectra, spectraCount } from './given-spectra'
import { mixtureArtifacts, unmixingOutputs } from './outputs'
import { checkCube, cubeInput, preparationParameters, splitPreparation } from './preparation'
import { solveResult } from './result'

/** Non-negative least squares: abundances with their sign, without their sum. */
export const nnls = defineMethod({
  id: 'nnls',
  family: 'unmixing',
  version: 1,
  title: 'Non-negative least squares',
  summary:
    'Abundances for known endmembers: non-negative, with free sums, so that shade and brightness need no endmember.',
  equations: [
    {
      latex: String.raw`\min_{\mathbf a}\ \tfrac12 \lVert \mathbf y - \mathbf M \mathbf a \rVert_2^2 \quad \text{subject to} \quad \mathbf a \ge 0`,
      caption:
        'y: one pixel; M: endmembers, a column each; a: its abundances. Solved for every pixel on its own, by an active set.',
    },
  ],
  documentation: `
## When to use it
When the brightness of pixels varies (slope, shade) and should not count as material: the sum of the abundances then follows the brightness, and their ratios tell the mixture.

## What to look out for
- **Sums are not one.** Divide by them for shares, or use fully constrained least squares; its soft sum to one lies in between.
- **Endmembers much alike** share their abundances at the whim of the noise. The solver works on products of spectra, where the condition number is squared.
`.trim(),
  cite: [
    {
      authors: 'Lawson, Hanson',
      title: 'Solving Least Squares Problems',
      year: 1995,
      venue: 'SIAM Classics in Applied Mathematics',
      doi: '10.1137/1.9781611971217',
    },
  ],
  inputs: {
    cube: input.cube(),
    spectra: input.spectra({
      title: 'Endmembers',
      help: 'Spectra of the materials, from the truth, from a library or from an earlier run.',
    }),
  },
  params: z.object({
    tolerance: z.number().positive().max(1e-2).default(1e-10).meta({
      title: 'Tolerance',
      help: 'Largest violation of the optimality conditions, relative to the lengths of pixel and endmembers, at which a pixel counts as solved.',
      group: 'Stopping',
      advanced: true,
      logarithmic: true,
    }),
    ...preparationParameters,
  }),
  outputs: unmixingOutputs,
  check: ({ cube, spectra }, preparation) => {
    checkCube(cube.dataset, preparation, null)
    checkGivenSpectra(cube.dataset, preparation, spectra)
  },
  solve: async ({ cube, spectra }, parameters, context) => {
    const { preparation, own } = splitPreparation(parameters)
    const input = cubeInput(cube, preparation, 'refuse', spectra)
    const info = await callNative(context, (native, nativeContext) =>
      native.nnls(input, spectra.source, { ...own, sumToOneWeight: 0 }, nativeContext),
    )
    const count = spectraCount(spectra)
    return solveResult(info, mixtureArtifacts(cube.dataset, preparation, count, spectra.labels))
  },
})
