import { z } from 'zod'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import { checkCube, cubeInput, unmixingAxes, unscaledPreparationParameters } from './preparation'
import { solveResult } from './result'
import { bandRegressionNoise, subspaceIdentification } from './citations'

/** Noise of every band, by regression on all the others. */
export const noiseEstimate = defineMethod({
  id: 'noise-estimate',
  family: 'unmixing',
  version: 1,
  title: 'Noise by band regression',
  summary: 'How noisy is every band? What the other bands cannot predict counts as noise.',
  equations: [
    {
      latex: String.raw`\mathbf R = \tfrac1N \mathbf Y \mathbf Y^{\mathsf T}, \qquad \hat w_{i} = \frac{(\mathbf R^{-1} \mathbf y)_i}{(\mathbf R^{-1})_{ii}}, \qquad \hat\sigma_i^2 = \frac{N}{N - L + 1}\, \frac{1}{(\mathbf R^{-1})_{ii}}`,
      caption:
        'Y: pixels, a column each; N: number of pixels; L: number of bands; ŵᵢ: what is left of band i after the regression on all other bands; σ̂ᵢ: its standard deviation, the noise of the band. One inverse serves all bands.',
    },
    {
      latex: String.raw`\mathrm{SNR}_i = 10 \log_{10} \frac{\mathbf R_{ii} - \hat\sigma_i^2}{\hat\sigma_i^2}, \qquad \mathrm{SNR} = 10 \log_{10} \frac{\operatorname{tr} \mathbf R - \sum_i \hat\sigma_i^2}{\sum_i \hat\sigma_i^2}`,
      caption: 'Signal-to-noise ratio of a band and of the whole cube, in dB; powers are about zero.',
    },
  ],
  documentation: `
## When to use it
Before anything else: to see whether some bands are noise, what signal-to-noise ratio to tell other methods, and whether a scene is good enough to be unmixed blindly.

## What to look out for
- **Neighbouring bands must be alike.** The estimate takes everything a band does not share with the others for noise. A narrow absorption that only one band sees counts as noise too.
- **Noise that bands share is not seen.** Stripes and calibration errors that move several bands together look like signal.
- **More pixels than bands** are needed, and several times as many for a good estimate.
- **Bands that hold one value** have no noise. They are named in the refusal, with the list to leave out.
`.trim(),
  cite: [bandRegressionNoise, subspaceIdentification],
  inputs: { cube: input.cube() },
  params: z.object(unscaledPreparationParameters),
  outputs: {
    noise: output.series({
      title: 'Noise',
      help: 'Standard deviation of the noise of every band, on the scale of the prepared pixels.',
    }),
    snr: output.series({ title: 'Signal-to-noise ratio', unit: 'dB', help: 'Of every band.' }),
  },
  check: ({ cube }, preparation) => checkCube(cube.dataset, preparation, null),
  solve: async ({ cube }, preparation, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.noiseEstimate(cubeInput(cube, preparation), nativeContext),
    )
    const axes = unmixingAxes(cube.dataset, preparation).series()
    return solveResult(info, [
      { name: 'noise', axes },
      { name: 'snr', axes },
    ])
  },
})
