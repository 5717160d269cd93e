import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import {
  bandCount,
  checkCube,
  cubeInput,
  plainAxis,
  splitPreparation,
  unmixingAxes,
  unscaledPreparationParameters,
} from './preparation'
import { solveResult } from './result'
import { bandRegressionNoise } from './citations'

/** Maximum noise fraction: components ordered by how much signal stands above the noise. */
export const mnf = defineMethod({
  id: 'mnf',
  family: 'unmixing',
  version: 1,
  title: 'Maximum noise fraction',
  summary: 'Components of the scene ordered by signal over noise; the transform and its inverse are kept.',
  equations: [
    {
      latex: String.raw`\mathbf z = \mathbf E^{\mathsf T} \mathbf D^{-1/2} (\mathbf y - \mathbf m), \qquad \mathbf D^{-1/2} \mathbf K \mathbf D^{-1/2} = \mathbf E \boldsymbol\Lambda \mathbf E^{\mathsf T}, \qquad \mathbf y \approx \mathbf m + \mathbf D^{1/2} \mathbf E \mathbf z`,
      caption:
        'K, m: covariance and mean of the pixels; D: noise variances of the bands, by regression on the other bands; Λ: variance of every component over that of its noise. An eigenvalue of one is noise alone.',
    },
  ],
  documentation: `
## When to use it
To look at a scene without its noise: the first components show materials, the last ones noise and artefacts. The eigenvalues tell where one ends and the other begins. With the mean and the inverse matrix the first components give denoised pixels back.

## What to look out for
- **The sign of a component means nothing**; it is chosen so that the largest entry of its direction is positive.
- **The noise is estimated**, by band regression: see there for what it takes for noise. It is taken as independent from band to band.
- **All components give the pixels back exactly**; fewer give them back without what was left out.
`.trim(),
  cite: [
    {
      authors: 'Green, Berman, Switzer, Craig',
      title:
        'A transformation for ordering multispectral data in terms of image quality with implications for noise removal',
      year: 1988,
      venue: 'IEEE Transactions on Geoscience and Remote Sensing 26(1)',
      doi: '10.1109/36.3001',
    },
    bandRegressionNoise,
  ],
  inputs: { cube: input.cube() },
  params: z.object({
    components: z.int().min(1).max(512).default(10).meta({
      title: 'Components',
      symbol: 'k',
      help: 'How many to write. At most the number of bands.',
    }),
    ...unscaledPreparationParameters,
  }),
  outputs: {
    components: output.maps({ title: 'Components', scale: 'diverging', help: 'In units of their noise.' }),
    eigenvalues: output.series({
      title: 'Eigenvalues',
      help: 'Variance of every component over that of its noise.',
      axisScales: { horizontal: 'linear', vertical: 'logarithmic' },
    }),
    noise: output.series({ title: 'Noise', help: 'Standard deviation of the noise of every band.' }),
    mean: output.series({ title: 'Mean spectrum', help: 'Taken off before the transform.' }),
    transform: output.matrix({ title: 'Transform', help: 'Components from pixels: (component, band).' }),
    inverse: output.matrix({
      title: 'Inverse',
      help: 'Pixels from components: (band, component). Add the mean spectrum afterwards.',
    }),
  },
  check: ({ cube }, { components, ...preparation }) => {
    checkCube(cube.dataset, preparation, null)
    const bands = bandCount(cube.dataset, preparation)
    if (components <= bands) return
    throw new FiligreeError(
      'invalid-parameter',
      `${components} components were asked for, but only ${bands} bands of '${cube.dataset.name}' take part. Choose at most ${bands}.`,
      { field: 'components' },
    )
  },
  solve: async ({ cube }, parameters, context) => {
    const { preparation, own } = splitPreparation(parameters)
    const info = await callNative(context, (native, nativeContext) =>
      native.mnf(cubeInput(cube, preparation), own, nativeContext),
    )
    const axes = unmixingAxes(cube.dataset, preparation)
    const bands = axes.series()
    const component = plainAxis('component', own.components)
    return solveResult(info, [
      { name: 'components', axes: [component, ...axes.map()] },
      { name: 'eigenvalues', axes: bands.map(({ size }) => plainAxis('component', size)) },
      { name: 'noise', axes: bands },
      { name: 'mean', axes: bands },
      { name: 'transform', axes: [component, ...bands] },
      { name: 'inverse', axes: [...bands, component] },
    ])
  },
})
