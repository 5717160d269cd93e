import { z } from 'zod'
import { defineMethod } from '../../../shared/method'
import { callNative } from '../native'
import {
  checkGrid,
  fieldOf,
  fieldParameters,
  systemOutputs,
  systemParameters,
  systemResult,
} from './generated-system'

/** A generator: waves of one frequency, a sequence over wavenumbers and media where more than one system is asked for. */
export const helmholtz = defineMethod({
  id: 'helmholtz',
  family: 'krylov',
  version: 1,
  role: 'generator',
  title: 'Helmholtz problem',
  summary:
    'Waves of one frequency, far into the indefinite range: one wavenumber or a sequence, in media that vary.',
  equations: [
    {
      latex: String.raw`-\Delta u - k^2 m\, u = f, \qquad \partial_n u = i\, k \sqrt m\, u \ \text{or}\ u = 0 \ \text{at the sides}`,
      caption:
        'k: wavenumber on a box whose longest side is one; m = exp(g): the medium, g a Gaussian random field; the mass matrix (m times the volume of cells) is kept for shifts.',
    },
  ],
  documentation: `
## When to use it
For methods that must do without definiteness. Under given sides the matrix has a negative eigenvalue for every mode below the wavenumber, about k²/4π of them on a square; the first one crosses at k = 4.44, so a wavenumber of 20 is truly indefinite.

## What to look out for
- **Waves need unknowns**: about ten to a wavelength, more where they travel far; the run says where a grid is too coarse.
- **Impedance sides** let waves leave and make a complex symmetric matrix, which is not Hermitian. **Given sides** keep it real, and near a resonance nearly singular.
- **Parameters** of the systems of a sequence are the wavenumber and, where the medium varies, the coefficients of its field.
`.trim(),
  cite: [
    {
      authors: 'Erlangga, Vuik, Oosterlee',
      title: 'On a class of preconditioners for solving the Helmholtz equation',
      year: 2004,
      venue: 'Applied Numerical Mathematics',
      doi: '10.1016/j.apnum.2004.01.009',
    },
  ],
  inputs: {},
  params: z.object({
    shape: systemParameters.shape([100, 100], 3),
    boundary: z
      .enum(['impedance', 'dirichlet'])
      .default('impedance')
      .meta({
        title: 'Sides',
        choices: {
          impedance: 'Waves leave (impedance, complex)',
          dirichlet: 'Waves are sent back (given, real)',
        },
      }),
    wavenumber: z.number().min(0).max(1e6).default(20).meta({ title: 'Wavenumber', symbol: 'k' }),
    systems: systemParameters.systems(
      'More than one: a sequence over wavenumbers, and over media where they vary.',
    ),
    lastWavenumber: z.number().min(0).max(1e6).default(25).meta({
      title: 'Last wavenumber',
      help: 'Of a sequence.',
      group: 'Sequence',
    }),
    order: z
      .enum(['sweep', 'random'])
      .default('sweep')
      .meta({
        title: 'Wavenumbers of a sequence',
        choices: { sweep: 'Even steps from the first to the last', random: 'Drawn between the two' },
        group: 'Sequence',
      }),
    ...fieldParameters(0),
    rightHandSide: systemParameters.rightHandSide('source', 'A small source'),
  }),
  outputs: systemOutputs,
  check: (_inputs, { shape }) => {
    checkGrid(shape)
  },
  solve: async (_inputs, parameters, context) => {
    const { shape, boundary, wavenumber, systems, lastWavenumber, order, rightHandSide } = parameters
    const own = { shape, boundary, wavenumber, systems, lastWavenumber, order, rightHandSide }
    const info = await callNative(context, (native, nativeContext) =>
      native.helmholtzProblem({ ...own, medium: fieldOf(parameters) }, nativeContext),
    )
    return systemResult(info, shape, boundary === 'dirichlet' ? 'vertices' : 'cells')
  },
})
