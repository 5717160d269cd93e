import { z } from 'zod'
import { defineMethod } from '../../../shared/method'
import { callNative } from '../native'
import { checkGrid, systemOutputs, systemParameters, systemResult } from './generated-system'

/** A generator: diffusion that is strong along one direction and weak across it. */
export const anisotropicDiffusion = defineMethod({
  id: 'anisotropic-diffusion',
  family: 'krylov',
  version: 1,
  role: 'generator',
  title: 'Rotated anisotropic diffusion',
  summary: 'Diffusion that is strong along one direction and weak across it, turned against the grid.',
  equations: [
    {
      latex: String.raw`-\nabla \cdot \left( \mathbf Q \begin{pmatrix} 1 & 0 \\ 0 & \varepsilon \end{pmatrix} \mathbf Q^{\mathsf T} \nabla u \right) = f, \qquad \mathbf Q = \begin{pmatrix} \cos\theta & -\sin\theta \\ \sin\theta & \cos\theta \end{pmatrix}`,
      caption:
        'ε: diffusion across, where it is one along; θ: angle between the first axis and the strong direction. The solution is nought at all sides.',
    },
  ],
  documentation: `
## When to use it
To see whether a multigrid method notices the direction: smooth errors vary fast across the weak direction, and coarsening along the grid misses them.

## What to look out for
- **Angles along the grid** (0° and 90°) are easy for line-wise coarsening; 30° and 45° are not.
- **Central differences** have positive entries off the diagonal (no M-matrix); finite elements have them for strong anisotropy, too.
`.trim(),
  cite: [],
  inputs: {},
  params: z.object({
    shape: systemParameters.shape([128, 128], 2),
    epsilon: z.number().positive().max(1e12).default(1e-3).meta({
      title: 'Anisotropy',
      symbol: 'ε',
      help: 'Diffusion across, where it is one along.',
      logarithmic: true,
    }),
    angle: z.number().min(-360).max(360).default(30).meta({
      title: 'Angle',
      symbol: 'θ',
      unit: '°',
      help: 'Between the first axis and the strong direction.',
      step: 5,
    }),
    scheme: z
      .enum(['finite-elements', 'finite-differences'])
      .default('finite-elements')
      .meta({
        title: 'Discretisation',
        choices: {
          'finite-elements': 'Bilinear finite elements',
          'finite-differences': 'Central differences',
        },
      }),
    rightHandSide: systemParameters.rightHandSide('random', 'A smooth source'),
  }),
  outputs: systemOutputs,
  check: (_inputs, { shape }) => {
    checkGrid(shape)
  },
  solve: async (_inputs, parameters, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.anisotropicDiffusion(parameters, nativeContext),
    )
    return systemResult(info, parameters.shape, 'vertices')
  },
})
