import { z } from 'zod'
import { defineMethod, input } from '../../../shared/method'
import { callNative } from '../native'
import { endmembersParameter } from './endmembers-parameter'
import { extractionOutputs, mixtureArtifacts } from './outputs'
import { checkCube, cubeInput, preparationParameters } from './preparation'
import { solveResult } from './result'

/** Vertex component analysis: endmembers from the purest pixels. */
export const vca = defineMethod({
  id: 'vca',
  family: 'unmixing',
  version: 1,
  title: 'Vertex component analysis',
  summary: 'Finds endmembers as the purest pixels of the scene: fast, and the usual start of other methods.',
  equations: [
    {
      latex: String.raw`k_j = \arg\max_n \bigl| \mathbf f_j^{\mathsf T} \mathbf y_n \bigr|, \qquad \mathbf f_j \perp \operatorname{span}\{\mathbf m_1, \dots, \mathbf m_{j-1}\}, \qquad \mathbf m_j = \mathbf y_{k_j}`,
      caption:
        'yₙ: pixel n, projected onto p or p − 1 dimensions; fⱼ: a random direction orthogonal to the endmembers found so far; mⱼ: endmember j.',
    },
  ],
  documentation: `
## When to use it
To answer "how do I get the endmembers from my image?" when some pixels are nearly pure. It takes a second, needs only the number of endmembers, and gives other methods their start.

## What to look out for
- **It assumes pure pixels.** Where no pixel is pure, its endmembers are mixtures; a blind method such as structured sparse NMF can go beyond them.
- **It depends on the seed.** Each pick is the extreme pixel along a random direction. Run several seeds and compare the picked pixels: picks that stay are trustworthy.
- **It likes extremes.** Dead, saturated or very dim pixels are extremes too. Scaling pixels to unit length makes dim pixels as long as bright ones, and their noise with them: look at the picked pixels before you trust the spectra.
- **The signal-to-noise ratio** chooses the projection. Leave it empty to estimate it from the data.
`.trim(),
  cite: [
    {
      authors: 'Nascimento, Bioucas-Dias',
      title: 'Vertex component analysis: a fast algorithm to unmix hyperspectral data',
      year: 2005,
      venue: 'IEEE Transactions on Geoscience and Remote Sensing 43(4)',
      doi: '10.1109/TGRS.2005.844293',
    },
  ],
  inputs: { cube: input.cube() },
  params: z.object({
    endmembers: endmembersParameter,
    snr: z.number().min(-50).max(200).nullable().default(null).meta({
      title: 'Signal-to-noise ratio',
      unit: 'dB',
      help: 'Chooses the projection. Empty: estimated from the data.',
      advanced: true,
    }),
    ...preparationParameters,
  }),
  outputs: extractionOutputs,
  check: ({ cube }, { endmembers, ...preparation }) => checkCube(cube.dataset, preparation, endmembers),
  solve: async ({ cube }, { endmembers, snr, ...preparation }, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.vca(cubeInput(cube, preparation), { endmembers, snr }, nativeContext),
    )
    return solveResult(info, mixtureArtifacts(cube.dataset, preparation, endmembers))
  },
})
