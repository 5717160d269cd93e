import { join } from 'node:path'
import { z } from 'zod'
import type { ArraySource } from '../../../shared/array'
import type { Dataset } from '../../../shared/dataset'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, output, type MapsValue, type SpectraValue } from '../../../shared/method'
import { arrayAsFloat64, readNpyHeader } from '../../formats'
import { callNative } from '../native'
import { checkLibraryInputs, libraryInputs } from './library'
import { axisSize, cubeInput, plainAxis, preparationParameters } from './preparation'
import { solveResult } from './result'
import { matchByName } from './score'
import { sparseUnmixing } from './citations'

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
- **There is no automatic choice.** The best λ grows with the noise, and what is best depends on whether errors of the abundances or missed materials matter more.
- **Where true abundances are known** and carry names of the library, the signal-to-reconstruction error is drawn over λ, and its peak is among the figures. It is the best that λ can do on this scene at its noise: a measure for scenes that were made to learn from, not a rule for others.
- The first step, λmax, leaves nothing: its residual is 1.
`.trim(),
  cite: [sparseUnmixing],
  inputs: {
    ...libraryInputs,
    truth: input.maps({
      optional: true,
      title: 'True abundances',
      help: 'Where they are known, under names of the library: the signal-to-error ratio is drawn over λ.',
    }),
  },
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
    sre: output.series({
      title: 'Signal to error over λ',
      unit: 'dB',
      help: '20 · log10(‖X‖ / ‖X − X̂‖) against the true abundances; a spectrum that is not in the truth counts with all it takes.',
      axisScales,
      optional: true,
    }),
  },
  check: ({ cube, library, truth }, preparation) => {
    checkLibraryInputs({ cube, library }, preparation)
    checkTruth(cube.dataset, truth)
  },
  solve: async ({ cube, library, truth }, parameters, context) => {
    const known = truth === null ? null : knownAbundances(truth, library)
    const info = await callNative(context, (native, nativeContext) =>
      native.lambdaPath(cubeInput(cube, parameters), library.source, known, parameters, nativeContext),
    )
    const path = join(context.folder, 'lambda.npy')
    const { values } = await arrayAsFloat64({ ...(await readNpyHeader(path)), path })
    const lambda = { ...plainAxis('λ', values.length), coordinates: [...values] }
    const lines = (labels: string[]) => ({ ...plainAxis('line', labels.length), labels })
    const warnings = [...info.warnings, ...truthWarnings(truth, known !== null, parameters.normalisation)]
    return solveResult({ ...info, warnings }, [
      { name: 'residuals', axes: [lambda, lines(['Relative residual'])] },
      { name: 'supports', axes: [lambda, lines(['Positive abundances of a pixel', 'Spectra in use'])] },
      { name: 'sums', axes: [lambda, lines(['Mean sum'])] },
      ...(known === null ? [] : [{ name: 'sre', axes: [lambda, lines(['Signal to error'])] }]),
    ])
  },
})

function checkTruth(dataset: Dataset, truth: MapsValue | null): void {
  if (truth === null) return
  const [, lines, samples] = truth.source.shape
  if (lines === axisSize(dataset, 0) && samples === axisSize(dataset, 1)) return
  throw new FiligreeError(
    'invalid-data',
    `The maps ${truth.from} have ${lines} × ${samples} pixels, '${dataset.name}' has ${axisSize(dataset, 0)} × ${axisSize(dataset, 1)}. Choose the truth of this scene, or none.`,
    { field: 'truth' },
  )
}

/** Each true map with the spectrum of its name; null where one has no such spectrum. */
function knownAbundances(
  truth: MapsValue,
  library: SpectraValue,
): { maps: ArraySource; spectra: number[] } | null {
  const spectra = matchByName(truth.labels ?? [], library.labels, truth.source.shape[0] ?? 0)
  return spectra === null ? null : { maps: truth.source, spectra }
}

function truthWarnings(truth: MapsValue | null, known: boolean, normalisation: string): string[] {
  if (truth === null) return []
  if (!known)
    return [
      `The maps ${truth.from} do not carry names of the library, one each, so that nothing tells which spectrum a map belongs to: there is no signal-to-error ratio.`,
    ]
  return normalisation === 'none'
    ? []
    : [
        'The pixels were scaled before they were solved and the true abundances were not: the signal-to-error ratio counts that as error.',
      ]
}
