import { z } from 'zod'
import { defineMethod } from '../../../shared/method'
import { callNative } from '../native'
import {
  checkGrid,
  fieldOf,
  mediumParameters,
  placementOf,
  systemOutputs,
  systemParameters,
  systemResult,
} from './generated-system'

/** A generator: stiffness, mass and an initial state, for heat and for waves. */
export const evolutionOperators = defineMethod({
  id: 'heat-and-wave',
  family: 'krylov',
  version: 1,
  role: 'generator',
  title: 'Heat and wave operators',
  summary:
    'Stiffness and mass matrices with an initial state: what time steps of heat and of waves start from.',
  equations: [
    {
      latex: String.raw`\mathbf M \dot{\mathbf u} + \mathbf K \mathbf u = \mathbf b \ \text{(heat)}, \qquad \mathbf M \ddot{\mathbf u} + \mathbf K \mathbf u = \mathbf b \ \text{(waves)}`,
      caption:
        'K: −∇·(κ∇u) integrated over cells; M: volumes of the cells on the diagonal; b: nought; κ = 1, or the exponential of a Gaussian random field.',
    },
  ],
  documentation: `
## When to use it
As the dataset of the method *Time steps*, which moves the initial state through time; or to solve with the stiffness matrix alone.

## What to look out for
- **The slowest mode** has a known answer under given sides of a uniform medium: heat makes it decay, waves make it swing, at one rate. It is the check of a time stepper.
- **Waves** in this medium travel with a speed of √κ.
`.trim(),
  cite: [],
  inputs: {},
  params: z.object({
    shape: systemParameters.shape([128, 128], 3),
    boundary: systemParameters.boundary,
    initialState: z
      .enum(['bump', 'two-bumps', 'slowest-mode'])
      .default('bump')
      .meta({
        title: 'Initial state',
        choices: {
          'bump': 'A bump',
          'two-bumps': 'Two bumps of opposite sign',
          'slowest-mode': 'The slowest mode',
        },
      }),
    ...mediumParameters(0),
  }),
  outputs: systemOutputs,
  check: (_inputs, { shape }) => {
    checkGrid(shape)
  },
  solve: async (_inputs, parameters, context) => {
    const { shape, boundary, initialState, deviation } = parameters
    const medium = fieldOf({ ...parameters, sequence: 'around', step: 1 })
    const info = await callNative(context, (native, nativeContext) =>
      native.evolutionOperators({ shape, boundary, initialState, medium }, nativeContext),
    )
    return systemResult(info, shape, deviation === 0 ? placementOf(boundary) : 'cells')
  },
})
