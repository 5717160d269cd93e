import { z } from 'zod'
import { defineMethod } from '../../../shared/method'
import { callNative } from '../native'
import {
  checkGrid,
  checkRightHandSide,
  fieldOf,
  fieldParameters,
  gaussianFieldCitation,
  systemOutputs,
  systemParameters,
  systemResult,
} from './generated-system'

/** A generator: flow through a porous medium, a sequence of fields where more than one system is asked for. */
export const darcy = defineMethod({
  id: 'darcy',
  family: 'krylov',
  version: 1,
  role: 'generator',
  title: 'Darcy flow',
  summary:
    'Flow through log-normal or two-phase media, conservative and so symmetric: one field or a sequence of similar ones.',
  equations: [
    {
      latex: String.raw`-\nabla \cdot (\kappa \nabla p) = f, \qquad (\mathbf A \mathbf p)_i = \sum_{j \sim i} h^{d-2}\, \frac{2\,\kappa_i \kappa_j}{\kappa_i + \kappa_j}\,(p_i - p_j)`,
      caption:
        'κ = exp(g), or two permeabilities by the sign of g; g: Gaussian random field with covariance (−Δ + τ²)^−α, by its expansion in cosines. Harmonic means at faces: what leaves a cell enters its neighbour.',
    },
  ],
  documentation: `
## When to use it
For coefficients that jump or vary over orders of magnitude, and for sequences of similar systems, such as an uncertainty study solves by the hundred. The coefficients of the fields are kept as the parameters of the systems, so that a sequence can be sorted by similarity.

## What to look out for
- **Symmetric and positive definite**: the scheme is conservative. Codes that assemble the same field in another form get a nonsymmetric matrix and need other solvers; here a multigrid method with conjugate gradients or a sparse factorisation is the one to beat.
- **Distance of the fields**: with β = 1 all fields are independent, with small β they are variations of one. Say which one you used when you report a gain by recycling.
- **Pressure drop**: with sides given at both ends of the last axis the source is a pressure of one at its beginning and of nought at its end.
`.trim(),
  cite: [gaussianFieldCitation],
  inputs: {},
  params: z.object({
    shape: systemParameters.shape([100, 100], 3),
    boundary: systemParameters.boundary,
    field: z
      .enum(['log-normal', 'two-phase'])
      .default('log-normal')
      .meta({ title: 'Medium', choices: { 'log-normal': 'Log-normal', 'two-phase': 'Two phases' } }),
    contrast: z.number().positive().max(1e12).default(10).meta({
      title: 'Contrast',
      help: 'Permeability of the second phase, where the first has one.',
      logarithmic: true,
    }),
    ...fieldParameters(1),
    systems: systemParameters.systems('More than one: a sequence of fields.'),
    rightHandSide: systemParameters.rightHandSide('source', 'A source everywhere, or the pressure drop'),
  }),
  outputs: systemOutputs,
  check: (_inputs, { shape, boundary, rightHandSide }) => {
    checkGrid(shape)
    checkRightHandSide(boundary, rightHandSide)
  },
  solve: async (_inputs, parameters, context) => {
    const { shape, boundary, field, contrast, systems, rightHandSide } = parameters
    const own = { shape, boundary, field, contrast, systems, rightHandSide }
    const info = await callNative(context, (native, nativeContext) =>
      native.darcyFlow({ ...own, randomField: fieldOf(parameters) }, nativeContext),
    )
    return systemResult(info, shape, 'cells')
  },
})
