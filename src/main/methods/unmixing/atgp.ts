import { z } from 'zod'
import { defineMethod, input } from '../../../shared/method'
import { checkExtraction, extractEndmembers } from './extraction'
import { endmembersParameter } from './endmembers-parameter'
import { extractionOutputs } from './outputs'
import { preparationParameters } from './preparation'

/** Automatic target generation process: the pixels farthest from what was picked before. */
export const atgp = defineMethod({
  id: 'atgp',
  family: 'unmixing',
  version: 1,
  title: 'Automatic target generation',
  summary: 'Picks the pixel farthest from all that were picked before: fast, and without any chance.',
  equations: [
    {
      latex: String.raw`k_j = \arg\max_n \bigl\lVert \mathbf P_{j}^{\perp} \mathbf y_n \bigr\rVert_2, \qquad \mathbf P_j^{\perp} = \mathbf I - \mathbf U_j \mathbf U_j^{+}, \qquad \mathbf U_j = [\mathbf y_{k_1} \dots \mathbf y_{k_{j-1}}]`,
      caption: 'yₙ: pixel n; Uⱼ: pixels picked so far. The first one is the longest pixel.',
    },
  ],
  documentation: `
## When to use it
For a quick look at what stands out, and where a result must not depend on a seed: the same scene always gives the same picks.

## What to look out for
- **It finds targets, not vertices.** The longest remaining part may belong to a rare bright object rather than to a corner of the simplex. Compare with N-FINDR.
- **Without scaling, bright pixels win.** On pixels of unit length the first pick is any pixel, since all are equally long; the second one is the pixel least like it.
- **It assumes pure pixels**, as all methods do that pick.
`.trim(),
  cite: [
    {
      authors: 'Ren, Chang',
      title: 'Automatic spectral target recognition in hyperspectral imagery',
      year: 2003,
      venue: 'IEEE Transactions on Aerospace and Electronic Systems 39(4)',
      doi: '10.1109/TAES.2003.1261124',
    },
  ],
  inputs: { cube: input.cube() },
  params: z.object({
    endmembers: endmembersParameter,
    ...preparationParameters,
  }),
  outputs: extractionOutputs,
  check: checkExtraction,
  solve: ({ cube }, parameters, context) =>
    extractEndmembers(cube, parameters, context, (native, scene, own, nativeContext) =>
      native.atgp(scene, own, nativeContext),
    ),
})
