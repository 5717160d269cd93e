import { z } from 'zod'
import { defineMethod } from '../../../shared/method'
import { callNative } from '../native'
import { checkGrid, systemOutputs, systemParameters, systemResult } from './generated-system'

/** A generator: convection and diffusion, a sweep over Péclet numbers where more than one system is asked for. */
export const convectionDiffusion = defineMethod({
  id: 'convection-diffusion',
  family: 'krylov',
  version: 1,
  role: 'generator',
  title: 'Convection and diffusion',
  summary: 'A nonsymmetric problem: flow against diffusion, one Péclet number or a sweep over many.',
  equations: [
    {
      latex: String.raw`-\tfrac{1}{\mathrm{Pe}}\,\Delta u + \nabla \cdot (\mathbf w\, u) = f`,
      caption:
        'w: velocity of at most one and without sources; Pe: velocity times the longest side over the diffusivity. Flow through a face is told once for both of its cells. The solution is nought at all sides.',
    },
  ],
  documentation: `
## When to use it
For methods that must do without symmetry. A sweep shows where a preconditioner that serves diffusion gives up on flow.

## What to look out for
- **Upwind** matrices are M-matrices for every Péclet number, and smear what they carry. **Central** ones are of second order and oscillate where the Péclet number of a cell exceeds two; the run says so.
- **Recirculating flow** has closed streamlines: no ordering of the unknowns follows it.
`.trim(),
  cite: [],
  inputs: {},
  params: z.object({
    shape: systemParameters.shape([128, 128], 2),
    flow: z
      .enum(['uniform', 'recirculating'])
      .default('uniform')
      .meta({ title: 'Flow', choices: { uniform: 'Uniform', recirculating: 'Around the middle' } }),
    angle: z.number().min(-360).max(360).default(30).meta({
      title: 'Angle',
      unit: '°',
      help: 'Between the first axis and a uniform flow.',
      step: 5,
    }),
    scheme: z
      .enum(['upwind', 'central'])
      .default('upwind')
      .meta({ title: 'Discretisation of the flow', choices: { upwind: 'Upwind', central: 'Central' } }),
    peclet: z.number().positive().max(1e12).default(100).meta({
      title: 'Péclet number',
      symbol: 'Pe',
      logarithmic: true,
    }),
    lastPeclet: z.number().positive().max(1e12).default(10_000).meta({
      title: 'Last Péclet number',
      help: 'Of a sequence; those between lie evenly on a logarithmic scale.',
      group: 'Sequence',
      logarithmic: true,
    }),
    systems: systemParameters.systems('More than one: a sweep from the first Péclet number to the last.'),
    rightHandSide: systemParameters.rightHandSide('source', 'A smooth source'),
  }),
  outputs: systemOutputs,
  check: (_inputs, { shape }) => {
    checkGrid(shape)
  },
  solve: async (_inputs, parameters, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.convectionDiffusion(parameters, nativeContext),
    )
    return systemResult(info, parameters.shape, 'vertices')
  },
})
