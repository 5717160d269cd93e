import { z } from 'zod'
import { defineMethod, input, output } from '../../../shared/method'
import { checkExtraction, extractEndmembers } from './extraction'
import { endmembersParameter } from './endmembers-parameter'
import { extractionOutputs } from './outputs'
import { preparationParameters } from './preparation'

/** N-FINDR: the pixels that span the largest simplex. */
export const nFindr = defineMethod({
  id: 'n-findr',
  family: 'unmixing',
  version: 1,
  title: 'N-FINDR',
  summary:
    'Finds the pixels that span the simplex of the largest volume, by exchanging one vertex after the other.',
  equations: [
    {
      latex: String.raw`\max_{k_1, \dots, k_p} \left| \det \begin{pmatrix} 1 & \cdots & 1 \\ \mathbf x_{k_1} & \cdots & \mathbf x_{k_p} \end{pmatrix} \right|`,
      caption:
        'xₙ: pixel n in the plane of the p − 1 first principal components. With the inverse of this matrix, the volume after the exchange of a vertex is one inner product a pixel.',
    },
  ],
  documentation: `
## When to use it
When some pixels are nearly pure. Where vertex component analysis follows random directions, N-FINDR maximises one number, and several starts show whether it is the largest.

## What to look out for
- **Exchanges find a local maximum.** The run says how many starts ended in the kept simplex; if few did, allow more.
- **It assumes pure pixels**, and it likes extremes: one odd pixel far outside makes a large simplex. Look at the picked pixels.
- **Pixels that are zero in every band** are never picked; the run says how many there were.
`.trim(),
  cite: [
    {
      authors: 'Winter',
      title:
        'N-FINDR: an algorithm for fast autonomous spectral end-member determination in hyperspectral data',
      year: 1999,
      venue: 'Proceedings of SPIE 3753',
      doi: '10.1117/12.366289',
    },
  ],
  inputs: { cube: input.cube() },
  params: z.object({
    endmembers: endmembersParameter,
    restarts: z.int().min(0).max(1000).default(5).meta({
      title: 'Random starts',
      help: 'Tried besides the fixed start, which takes the pixel farthest from those before it. The largest simplex is kept.',
      group: 'Start',
    }),
    ...preparationParameters,
  }),
  outputs: {
    ...extractionOutputs,
    volume: output.trace({
      title: 'Volume',
      help: 'Natural logarithm of |det| after every sweep over the vertices; a new start may begin lower.',
      columns: [
        { name: 'logVolume', title: 'Volume (logarithm)', unit: null, logarithmic: false },
        { name: 'largestLogVolume', title: 'Largest so far', unit: null, logarithmic: false },
      ],
    }),
  },
  check: checkExtraction,
  solve: ({ cube }, parameters, context) =>
    extractEndmembers(cube, parameters, context, (native, scene, own, nativeContext) =>
      native.nFindr(scene, own, nativeContext),
    ),
})
