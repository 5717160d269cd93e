import { z } from 'zod'
import { defineMethod, input, output } from '../../../shared/method'
import { checkExtraction, extractEndmembers } from './extraction'
import { endmembersParameter } from './endmembers-parameter'
import { extractionOutputs } from './outputs'
import { preparationParameters, unmixingAxes } from './preparation'

/** Pixel purity index: pixels that lie at the end of random directions again and again. */
export const ppi = defineMethod({
  id: 'ppi',
  family: 'unmixing',
  version: 1,
  title: 'Pixel purity index',
  summary:
    'Counts how often a pixel lies at the end of a random direction, and takes the purest that differ.',
  equations: [
    {
      latex: String.raw`c_n = \#\bigl\{ s : n = \arg\max_m \mathbf f_s^{\mathsf T} \mathbf x_m \ \text{or}\ n = \arg\min_m \mathbf f_s^{\mathsf T} \mathbf x_m \bigr\}`,
      caption:
        'xₙ: pixel n in the plane of the p − 1 first principal components; fₛ: random directions, the skewers. The purity is the count over the number of skewers.',
    },
  ],
  documentation: `
## When to use it
The index of Boardman, Kruse and Green (1995). To see where pure pixels lie: the purity map shows every candidate, not only the winners. Good for choosing pixels by hand.

## What to look out for
- **The purest pixels are often neighbours** of one another. The separation keeps picks apart; where it leaves too few it is halved, and the run says so.
- **It depends on the seed** until there are enough skewers: double them and compare.
- **Corners that are blunt** are at the end of few directions, and may be missed while N-FINDR finds them.
`.trim(),
  cite: [
    {
      authors: 'Chang, Plaza',
      title: 'A fast iterative algorithm for implementation of pixel purity index',
      year: 2006,
      venue: 'IEEE Geoscience and Remote Sensing Letters 3(1)',
      doi: '10.1109/LGRS.2005.856701',
    },
  ],
  inputs: { cube: input.cube() },
  params: z.object({
    endmembers: endmembersParameter,
    skewers: z.int().min(1).max(10_000_000).default(10_000).meta({
      title: 'Skewers',
      help: 'Random directions along which the ends are counted.',
      logarithmic: true,
    }),
    separation: z.number().min(0).max(90).default(3).meta({
      title: 'Separation',
      unit: '°',
      help: 'Smallest spectral angle between two picked pixels.',
      step: 0.5,
    }),
    ...preparationParameters,
  }),
  outputs: {
    ...extractionOutputs,
    purity: output.map({
      title: 'Purity',
      help: 'Share of the skewers at whose end a pixel lies.',
    }),
  },
  check: checkExtraction,
  solve: async ({ cube }, parameters, context) => {
    const result = await extractEndmembers(cube, parameters, context, (native, scene, own, nativeContext) =>
      native.ppi(scene, own, nativeContext),
    )
    const purity = { name: 'purity', axes: unmixingAxes(cube.dataset, parameters).map() }
    return { ...result, artifacts: [...result.artifacts, purity] }
  },
})
