import { z } from 'zod'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import {
  checkCube,
  cubeInput,
  plainAxis,
  splitPreparation,
  unmixingAxes,
  unscaledPreparationParameters,
} from './preparation'
import { solveResult } from './result'
import { subspaceIdentification } from './citations'

const logarithmic = { horizontal: 'linear', vertical: 'logarithmic' } as const

const estimators = ['HySime', 'HFC', 'NWHFC', 'HFC, pairs counted', 'NWHFC, pairs counted', 'Eigen-gap']

/** The most endmembers advice is given for; the addon has the same bound. */
const mostAdvised = 64

const named = (name: string, labels: string[]) => ({ ...plainAxis(name, labels.length), labels })

/** How many endmembers: HySime, HFC, NWHFC and the eigen-gap side by side. */
export const endmemberCount = defineMethod({
  id: 'endmember-count',
  family: 'unmixing',
  version: 1,
  title: 'Number of endmembers',
  summary:
    'How many materials? HySime, HFC, NWHFC and the eigen-gap side by side, and whether so many can be learned.',
  equations: [
    {
      latex: String.raw`\hat k = \arg\min_k \sum_{i \le k} \bigl( 2\, \mathbf e_i^{\mathsf T} \hat{\mathbf R}_w \mathbf e_i - \mathbf e_i^{\mathsf T} \hat{\mathbf R} \mathbf e_i \bigr)`,
      caption:
        'HySime: R̂: correlation of the pixels; R̂w: noise of the bands, by regression; eᵢ: eigenvectors of the correlation without the noise, those that add most first. A direction is kept where it adds more signal than noise.',
    },
    {
      latex: String.raw`z_i = \frac{\hat\lambda_i - \lambda_i}{\sqrt{\tfrac2N \bigl( \hat\lambda_i^2 + \lambda_i^2 \bigr)}} > \Phi^{-1}(1 - P_F)`,
      caption:
        'HFC: λ̂ᵢ, λᵢ: eigenvalues of correlation and covariance, largest first; N: number of pixels; P_F: false-alarm rate. NWHFC tests the same after the bands were divided by their noise.',
    },
    {
      latex: String.raw`1 + \arg\max_i \frac{\lambda_i}{\lambda_{i+1}}`,
      caption:
        'Eigen-gap: eigenvalues of the covariance of bands divided by their noise. p endmembers spread pixels in p − 1 directions.',
    },
    {
      latex: String.raw`n \gtrsim \frac{p^2}{\varepsilon^2} \exp\Bigl( c\, \frac{p}{\mathrm{SNR}^2} \Bigr), \qquad \varepsilon = 0.1,\ c = 1`,
      caption:
        'Pixels needed to learn a simplex of p endmembers: SNR is the standard deviation of the pixels along the widest direction of the simplex over that of the noise. The constant c is left open by the theory: this is an order of magnitude.',
    },
  ],
  documentation: `
## When to use it
Before extraction and blind unmixing, which all have to be told p. The four answers rest on different things: where they agree, believe them; where they do not, the curves show why.

## What to look out for
- **HySime counts what stands above the noise**, not materials: a direction with less signal than noise is dropped, even though a material made it. It rarely finds too many.
- **HFC is counted to the last pair that differs.** The eigenvalues are sorted and those of correlation and covariance lie in between each other, so that the pair of a strong material may happen to be close together. The original rule counts the pairs that differ and then misses such materials; its count stands in the table too.
- **HFC needs noise that is alike in all bands**; NWHFC divides by the estimated noise first.
- **Real scenes have no true number.** Shade, nonlinear mixing and variable spectra add dimensions. Take the smallest number whose residual map and spectrum show no structure.
- **The advice on learning** says whether the pixels suffice for the simplex at all. It is an order of magnitude with c = 1 and a precision of 10 %, and does not apply where endmembers are known.
- Data should not be scaled pixel by pixel here: it changes the noise.
`.trim(),
  cite: [
    subspaceIdentification,
    {
      authors: 'Chang, Du',
      title: 'Estimation of number of spectrally distinct signal sources in hyperspectral imagery',
      year: 2004,
      venue: 'IEEE Transactions on Geoscience and Remote Sensing 42(3)',
      doi: '10.1109/TGRS.2003.819189',
    },
    {
      authors: 'Saberi, Najafi, Motahari, Khalaj',
      title: 'Sample complexity bounds for learning high-dimensional simplices in noisy regimes',
      year: 2023,
      venue: 'International Conference on Machine Learning',
      arxiv: '2209.05953',
    },
  ],
  inputs: { cube: input.cube() },
  params: z.object({
    falseAlarmRate: z.number().gt(0).lt(0.5).default(1e-3).meta({
      title: 'False-alarm rate',
      symbol: 'P_F',
      help: 'Probability at which HFC and NWHFC may take noise for a material, in every band.',
      logarithmic: true,
    }),
    ...unscaledPreparationParameters,
  }),
  outputs: {
    estimates: output.table({ title: 'Estimates of the number of endmembers' }),
    cost: output.series({
      title: 'HySime: what is left and what comes through',
      help: 'For every number of dimensions: power the projection leaves out, noise it lets through (twice), and their sum. The lowest sum is the estimate.',
      axisScales: logarithmic,
    }),
    statistics: output.series({
      title: 'HFC: differences of eigenvalues',
      unit: 'standard deviations',
      help: 'Of correlation and covariance, largest eigenvalues first; after noise whitening for NWHFC.',
    }),
    eigenvalues: output.series({ title: 'Eigenvalues', axisScales: logarithmic }),
    noise: output.series({ title: 'Noise', help: 'Standard deviation of the noise of every band.' }),
    learnability: output.table({
      title: 'Pixels needed to learn a simplex',
      help: 'By order of magnitude, to a precision of 10 %, at the noise of this scene.',
    }),
  },
  check: ({ cube }, { falseAlarmRate: _, ...preparation }) => {
    checkCube(cube.dataset, preparation, null)
  },
  solve: async ({ cube }, parameters, context) => {
    const { preparation, own } = splitPreparation(parameters)
    const info = await callNative(context, (native, nativeContext) =>
      native.endmemberCount(cubeInput(cube, preparation), own, nativeContext),
    )
    const bands = unmixingAxes(cube.dataset, preparation).series()
    const count = bands[0]?.size ?? 0
    const numbers = (first: number, size: number) => Array.from({ length: size }, (_, index) => first + index)
    const eigenvalue = { ...plainAxis('eigenvalue', count), coordinates: numbers(1, count) }
    const dimension = { ...plainAxis('dimensions', count), coordinates: numbers(1, count) }
    const advised = Math.max(2, Math.min(mostAdvised, count)) - 1
    return solveResult(info, [
      { name: 'estimates', axes: [named('estimator', estimators), named('column', ['Endmembers'])] },
      { name: 'cost', axes: [dimension, named('line', ['Left out', 'Noise let through', 'Sum'])] },
      { name: 'statistics', axes: [eigenvalue, named('line', ['HFC', 'NWHFC'])] },
      { name: 'eigenvalues', axes: [eigenvalue, named('line', ['Correlation', 'Covariance'])] },
      { name: 'noise', axes: bands },
      {
        name: 'learnability',
        axes: [plainAxis('row', advised), named('column', ['Endmembers', 'Pixels needed', 'Pixels there'])],
      },
    ])
  },
})
