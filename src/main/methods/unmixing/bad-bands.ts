import { z } from 'zod'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import { keptBands } from './band-choice'
import { cubeInput, plainAxis, unmixingAxes } from './preparation'
import { solveResult } from './result'
import { bandRegressionNoise } from './citations'

const columns = ['Invalid', 'Zero', 'Deviation', 'Unexplained', 'Verdict']

/** Looks for bands that hold nothing but noise, one value, or no numbers. */
export const badBands = defineMethod({
  id: 'bad-bands',
  family: 'unmixing',
  version: 1,
  title: 'Bad-band detection',
  summary:
    'Finds bands that are empty, constant, full of gaps or mere noise, and proposes the list to leave out.',
  equations: [
    {
      latex: String.raw`u_i = \frac{\hat\sigma_i^2}{\mathbf K_{ii}}, \qquad \hat\sigma_i^2 = \frac{N}{N - L + 1}\, \frac{1}{(\mathbf K^{-1})_{ii}}`,
      caption:
        'K: covariance of the bands that hold data; uᵢ: share of the variance of band i that a regression on the others does not explain. One means noise, zero a band that the others could replace.',
    },
  ],
  documentation: `
## When to use it
Once for every new scene. Water-absorption bands, dead detectors and edges of the sensor hold no signal, but every method counts them as much as good bands. The run says which bands look bad and why; to leave them out, copy its list into "Further bands to leave out" of the next run. There it is recorded. Nothing is left out by itself.

## What to look out for
- **The verdict is a number in the table**: 0 good, 1 invalid (NaN, infinity or no data), 2 zero everywhere, 3 constant, 4 noise. Look at the unexplained share before trusting a verdict near the threshold.
- **Pixels without data in every band** do not count: they are the border of the scene, not the fault of a band.
- **A band that alone sees something** looks like noise: a narrow line can be the very thing one is after.
- **A nearly uniform scene** has little variance to explain, and many bands look noisy; raise the noise share there.
- It looks at stored numbers times the scale of the file, never at scaled pixels.
`.trim(),
  cite: [bandRegressionNoise],
  inputs: { cube: input.cube() },
  params: z.object({
    invalidShare: z.number().positive().max(1).default(0.01).meta({
      title: 'Invalid share',
      help: 'A band is bad where at least this share of the pixels is NaN, infinite or without data.',
      step: 0.01,
    }),
    noiseShare: z.number().positive().max(1).default(0.5).meta({
      title: 'Noise share',
      help: 'A band is noise where at least this share of its variance is not explained by the other bands.',
      step: 0.05,
    }),
    useGoodBands: z.boolean().default(false).meta({
      title: "Pass over the file's own bad bands",
      group: 'Preparation',
      help: 'Leaves out the bands that the file itself marks as bad.',
    }),
  }),
  outputs: {
    bands: output.table({ title: 'Bands', help: 'A row a band; the last column is the verdict.' }),
    noiseShare: output.series({
      title: 'Unexplained share of the variance',
      help: 'One where a band holds nothing to explain.',
    }),
  },
  check: ({ cube }, { useGoodBands }) => {
    keptBands(cube.dataset, { useGoodBands, leaveOutBands: '' })
  },
  solve: async ({ cube }, { useGoodBands, ...own }, context) => {
    const choice = { useGoodBands, leaveOutBands: '' }
    const preparation = { ...choice, normalisation: 'none', invalidPixels: 'skip' } as const
    const info = await callNative(context, (native, nativeContext) =>
      native.badBands(cubeInput(cube, preparation), own, nativeContext),
    )
    const bands = unmixingAxes(cube.dataset, choice).series()
    const column = { ...plainAxis('column', columns.length), labels: columns }
    return solveResult(info, [
      { name: 'bands', axes: [...bands, column] },
      { name: 'noiseShare', axes: bands },
    ])
  },
})
