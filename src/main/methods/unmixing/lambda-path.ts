import { join } from 'node:path'
import { z } from 'zod'
import { defineMethod, output } from '../../../shared/method'
import { arrayAsFloat64, readNpyHeader } from '../../formats'
import { callNative } from '../native'
import { checkLibrary, libraryInputs } from './library'
import { checkCube, cubeInput, plainAxis, preparationParameters } from './preparation'
import { solveResult } from './result'

const axisScales = { horizontal: 'logarithmic', vertical: 'linear' } as const

/** SUnSAL for a falling series of sparsities, to choose one by. */
export const lambdaPath = defineMethod({
  id: 'lambda-path',
  family: 'unmixing',
  version: 1,
  title: 'Path of λ',
  summary: 'Which sparsity? SUnSAL for many λ at once: residual, spectra in use and sums as λ falls.',
  equations: [
    {
      latex: String.raw`\lambda_k = \lambda_{\max}\, s^{(k - 1)/(K - 1)}, \quad \lambda_{\max} = \max_{i, n} \mathbf a_i^{\mathsf T} \mathbf y_n, \qquad \hat{\mathbf x}_n(\lambda_k) = \arg\min_{\mathbf x \ge 0}\ \tfrac12 \lVert \mathbf y_n - \mathbf A \mathbf x \rVert_2^2 + \lambda_k \lVert \mathbf x \rVert_1`,
      caption:
        'yₙ: pixels; A: library of spectra aᵢ; λmax: from there on all abundances are zero; K: number of steps; s: smallest share. Every problem is solved exactly, from the support of the one before.',
    },
  ],
  documentation: `
## When to use it
Before sparse unmixing with a library, to see what λ costs and brings. One run of it takes little more than a few runs of SUnSAL.

## How to read it
- **Residual**: falls with λ and then stays level. Where it levels off, more spectra fit only the noise: take a λ at the upper end of that level.
- **Spectra in use**: a pixel mixes a handful of materials. A mean support far above that says λ is too small.
- **Sum of abundances**: where library and scene are on one scale it should come near one; it shrinks as λ grows.

## What to look out for
- **There is no automatic choice.** The best λ grows with the noise, and what is best depends on whether errors of the abundances or missed materials matter more. Where true abundances are known, run SUnSAL at some of these λ and compare their scores.
- The first step, λmax, leaves nothing: its residual is 1.
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
  inputs: libraryInputs,
  params: z.object({
    steps: z.int().min(2).max(200).default(25).meta({ title: 'Steps', symbol: 'K', help: 'Number of λ.' }),
    smallestShare: z.number().gt(0).lt(1).default(1e-5).meta({
      title: 'Smallest share',
      symbol: 's',
      help: 'Smallest λ over the largest, which is found from the data.',
      logarithmic: true,
    }),
    ...preparationParameters,
    normalisation: preparationParameters.normalisation.default('none'),
  }),
  outputs: {
    residuals: output.series({ title: 'Residual over λ', help: '‖Y − AX‖ over ‖Y‖.', axisScales }),
    supports: output.series({
      title: 'Spectra in use over λ',
      help: 'Mean number of positive abundances of a pixel, and spectra with more than one per cent anywhere.',
      axisScales: { horizontal: 'logarithmic', vertical: 'logarithmic' },
    }),
    sums: output.series({
      title: 'Sum of abundances over λ',
      help: 'Mean over the pixels: the norm ‖x‖₁ that λ weighs.',
      axisScales,
    }),
  },
  check: ({ cube, library }, preparation) => {
    checkCube(cube.dataset, preparation, null)
    checkLibrary(cube.dataset, preparation, library)
  },
  solve: async ({ cube, library }, parameters, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.lambdaPath(cubeInput(cube, parameters), library.source, parameters, nativeContext),
    )
    const path = join(context.folder, 'lambda.npy')
    const { values } = await arrayAsFloat64({ ...(await readNpyHeader(path)), path })
    const lambda = { ...plainAxis('λ', values.length), coordinates: [...values] }
    const lines = (labels: string[]) => ({ ...plainAxis('line', labels.length), labels })
    return solveResult(info, [
      { name: 'residuals', axes: [lambda, lines(['Relative residual'])] },
      { name: 'supports', axes: [lambda, lines(['Positive abundances of a pixel', 'Spectra in use'])] },
      { name: 'sums', axes: [lambda, lines(['Mean sum'])] },
    ])
  },
})
