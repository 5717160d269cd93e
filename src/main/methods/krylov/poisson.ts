import { z } from 'zod'
import { defineMethod } from '../../../shared/method'
import { callNative } from '../native'
import {
  checkGrid,
  checkRightHandSide,
  placementOf,
  systemOutputs,
  systemParameters,
  systemResult,
} from './generated-system'

/** A generator: Poisson's equation on a grid of two or three axes. */
export const poisson = defineMethod({
  id: 'poisson',
  family: 'krylov',
  version: 1,
  role: 'generator',
  title: 'Poisson problem',
  summary: 'Poisson’s equation in two or three dimensions, with given, closed, periodic or mixed sides.',
  equations: [
    {
      latex: String.raw`-\Delta u = f \ \text{in}\ \Omega, \qquad (\mathbf A \mathbf u)_i = \sum_{j \sim i} h^{d-2}\,(u_i - u_j)`,
      caption:
        'Integrated over cells of side h, the longest side of the box being one: entries 4 and −1 in two dimensions, 6h and −h in three.',
    },
  ],
  documentation: `
## When to use it
The first problem for any solver: symmetric, positive definite under given sides, with a condition number that grows as 1/h². What fails here fails everywhere.

## What to look out for
- **Closed and periodic sides** make a singular matrix. The constant in its null space is kept as near-null space, and right-hand sides have a mean of nought, so that there is a solution; conjugate gradients find one of them.
- **A known solution** is kept where the right-hand side was made from one: errors can then be looked at, not only residuals.
- **Walls** lie a whole spacing beyond the last unknown under given sides (the classical grid of finite differences), half a spacing under mixed ones.
`.trim(),
  cite: [],
  inputs: {},
  params: z.object({
    shape: systemParameters.shape([128, 128], 3),
    boundary: systemParameters.boundary,
    rightHandSide: systemParameters.rightHandSide('manufactured', 'A smooth source'),
  }),
  outputs: systemOutputs,
  check: (_inputs, { shape, boundary, rightHandSide }) => {
    checkGrid(shape)
    checkRightHandSide(boundary, rightHandSide)
  },
  solve: async (_inputs, parameters, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.poissonProblem(parameters, nativeContext),
    )
    return systemResult(info, parameters.shape, placementOf(parameters.boundary))
  },
})
