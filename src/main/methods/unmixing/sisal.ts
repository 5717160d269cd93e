import { z } from 'zod'
import { defineMethod, input, output } from '../../../shared/method'
import { checkExtraction, extractEndmembers } from './extraction'
import { endmembersParameter } from './endmembers-parameter'
import { projectionOutputs, unmixingOutputs } from './outputs'
import { preparationParameters } from './preparation'

/** SISAL: the smallest simplex around the pixels, with some of them left outside. */
export const sisal = defineMethod({
  id: 'sisal',
  family: 'unmixing',
  version: 1,
  title: 'SISAL, minimum-volume simplex',
  summary: 'Fits the smallest simplex around the pixels, with some left outside: pure pixels are not needed.',
  equations: [
    {
      latex: String.raw`\min_{\mathbf Q}\ -\log \lvert \det \mathbf Q \rvert + \tau \sum_{j,n} \max\bigl( -(\mathbf Q \mathbf X)_{jn},\, 0 \bigr) \quad \text{with} \quad \mathbf 1^{\mathsf T} \mathbf Q = (1, 0, \dots, 0)`,
      caption:
        'X: pixels (1, x) in the plane of the p − 1 first principal components, each scaled to unit variance; Q: inverse of the matrix of vertices, so that QX are abundances that sum to one. The hinge lets noisy pixels stay outside. Quadratic approximations are solved by an augmented Lagrangian; the objective never rises.',
    },
  ],
  documentation: `
## When to use it
When no pixel is pure: the vertices are extrapolated from the edges of the cloud of pixels. The start comes from vertex component analysis, moved outwards.

## What to look out for
- **It needs pixels near the edges** of the simplex: mixtures of p − 1 materials and fewer. Where all pixels are deep inside, the smallest simplex is too small.
- **τ against noise.** A large hinge weight pulls the simplex around every noisy pixel; a small one cuts corners. The hinge sums over all pixels.
- **Endmembers may dip below zero**, since they are extrapolated; the run counts where.
- **No pixel is picked**, so there are no positions to show.
`.trim(),
  cite: [
    {
      authors: 'Bioucas-Dias',
      title: 'A variable splitting augmented Lagrangian approach to linear spectral unmixing',
      year: 2009,
      venue: 'IEEE Workshop on Hyperspectral Image and Signal Processing (WHISPERS)',
      doi: '10.1109/WHISPERS.2009.5289072',
      arxiv: '0904.4635',
    },
  ],
  inputs: { cube: input.cube() },
  params: z.object({
    endmembers: endmembersParameter,
    hingeWeight: z.number().positive().max(1e9).default(1).meta({
      title: 'Hinge weight',
      symbol: 'τ',
      help: 'Price of a pixel outside the simplex.',
      logarithmic: true,
    }),
    maxIterations: z.int().min(1).max(100_000).default(200).meta({
      title: 'Iteration limit',
      group: 'Stopping',
    }),
    tolerance: z.number().min(0).max(1).default(1e-4).meta({
      title: 'Tolerance',
      help: 'Stop when the objective, a logarithm, fell by less than this over five iterations.',
      group: 'Stopping',
      logarithmic: true,
    }),
    ...preparationParameters,
  }),
  outputs: {
    endmembers: unmixingOutputs.endmembers,
    ...projectionOutputs,
    objective: output.trace({
      title: 'Objective',
      help: 'The objective and its parts after every iteration.',
      columns: [
        { name: 'objective', title: 'Objective', unit: null, logarithmic: false },
        { name: 'volume', title: 'Volume term', unit: null, logarithmic: false },
        { name: 'hinge', title: 'Hinge', unit: null, logarithmic: false },
        { name: 'negativeShare', title: 'Share of negative abundances', unit: null, logarithmic: false },
      ],
    }),
  },
  check: checkExtraction,
  solve: ({ cube }, parameters, context) =>
    extractEndmembers(cube, parameters, context, (native, scene, own, nativeContext) =>
      native.sisal(scene, own, nativeContext),
    ),
})
