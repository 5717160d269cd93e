import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input } from '../../../shared/method'
import { callNative } from '../native'
import { extractionOutputs, mixtureArtifacts } from './outputs'
import { axisSize, checkCube, cubeInput, preparationParameters, splitPreparation } from './preparation'
import { solveResult } from './result'

/** Endmembers from pixels a person picked. */
export const pickedPixels = defineMethod({
  id: 'picked-pixels',
  family: 'unmixing',
  version: 1,
  title: 'Picked pixels',
  summary:
    'Takes the spectra of pixels you name as endmembers, to replace what a method picked, or to start one.',
  equations: [
    {
      latex: String.raw`\mathbf m_j = \mathbf y_{k_j}`,
      caption: 'kⱼ: the pixels given, in their order; yₙ: prepared pixel n; mⱼ: endmember j.',
    },
  ],
  documentation: `
## When to use it
When an extraction picked a pixel on noise or shade and you know better: copy its list of picks, replace the bad one, and give the result to FCLS or to a blind method as a start.

## What to look out for
- **Line first, then sample**, counted from 0: '3, 4, 20, 9' are the pixels at line 3, sample 4 and at line 20, sample 9.
- **One pixel carries its noise** into every abundance. Where a material covers a larger patch, a mean spectrum from elsewhere is better.
- A pixel that holds no data, is zero in every band or was named twice is refused.
`.trim(),
  cite: [
    {
      authors: 'Bateson, Curtiss',
      title: 'A method for manual endmember selection and spectral unmixing',
      year: 1996,
      venue: 'Remote Sensing of Environment 55(3)',
      doi: '10.1016/S0034-4257(95)00177-8',
    },
  ],
  inputs: { cube: input.cube() },
  params: z.object({
    pixels: z.array(z.int().min(0)).min(2).max(128).meta({
      title: 'Pixels',
      help: 'Line and sample of every pixel, one after the other, counted from 0: 3, 4, 20, 9.',
    }),
    ...preparationParameters,
  }),
  outputs: extractionOutputs,
  check: ({ cube: { dataset } }, { pixels, ...preparation }) => {
    if (pixels.length % 2 !== 0) {
      throw wrongPixels(`${pixels.length} numbers are no list of pixels: each has a line and a sample.`)
    }
    const [lines, samples] = [axisSize(dataset, 0), axisSize(dataset, 1)]
    for (let index = 0; index < pixels.length; index += 2) {
      const [line = 0, sample = 0] = pixels.slice(index)
      if (line < lines && sample < samples) continue
      throw wrongPixels(
        `There is no pixel at line ${line}, sample ${sample}: '${dataset.name}' has ${lines} lines and ${samples} samples, counted from 0.`,
      )
    }
    checkCube(dataset, preparation, pixels.length / 2)
  },
  solve: async ({ cube }, parameters, context) => {
    const { preparation, own } = splitPreparation(parameters)
    const info = await callNative(context, (native, nativeContext) =>
      native.pickedPixels(cubeInput(cube, preparation), own.pixels, nativeContext),
    )
    return solveResult(info, mixtureArtifacts(cube.dataset, preparation, own.pixels.length / 2))
  },
})

function wrongPixels(message: string): FiligreeError {
  return new FiligreeError('invalid-parameter', message, { field: 'pixels' })
}
