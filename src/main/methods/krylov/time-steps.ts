import { z } from 'zod'
import { elementCount, type Axis } from '../../../shared/array'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, output, type MatrixValue } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { plainAxis } from './solve-system'
import { systemCount, systemInput } from './system-input'

/** Moves heat or a wave through time, step by step. */
export const timeSteps = defineMethod({
  id: 'time-steps',
  family: 'krylov',
  version: 1,
  title: 'Time steps',
  summary:
    'Heat by implicit Euler or Crank–Nicolson, waves by Newmark’s rule; every step is solved, and can be played.',
  equations: [
    {
      latex: String.raw`(\mathbf M + \theta \Delta t\, \mathbf K)\, \mathbf u^{n+1} = (\mathbf M - (1-\theta) \Delta t\, \mathbf K)\, \mathbf u^n + \Delta t\, \mathbf b`,
      caption: 'Heat. θ = 1: implicit Euler; θ = ½: Crank–Nicolson.',
    },
    {
      latex: String.raw`(\mathbf M + \tfrac14 \Delta t^2\, \mathbf K)\, \mathbf a^{n+1} = \mathbf b - \mathbf K \bigl( \mathbf u^n + \Delta t\, \mathbf v^n + \tfrac14 \Delta t^2\, \mathbf a^n \bigr)`,
      caption: 'Waves, by Newmark’s rule with β = ¼ and γ = ½: it keeps the energy ½ (vᵀMv + uᵀKu).',
    },
  ],
  documentation: `
## When to use it
On heat and wave operators, or any dataset that brings a symmetric matrix, its mass matrix and an initial state.

## What to look out for
- **Implicit Euler** is of first order and damps too much; **Crank–Nicolson** is of second order and lets rough states ring when steps are long.
- **Newmark's rule** is stable for every step, but a wave is carried well only where a step is a small part of its period. Its energy is a check that the solves are exact enough.
- **Every step is a solve** with conjugate gradients; its true residual is a column of the trace.
`.trim(),
  cite: [
    {
      authors: 'Newmark',
      title: 'A method of computation for structural dynamics',
      year: 1959,
      venue: 'Journal of the Engineering Mechanics Division 85(3)',
      doi: '10.1061/JMCEA3.0000098',
    },
  ],
  inputs: { matrix: input.matrix({ help: 'A stiffness matrix with its mass matrix and an initial state.' }) },
  params: z.object({
    scheme: z
      .enum(['implicit-euler', 'crank-nicolson', 'newmark'])
      .default('crank-nicolson')
      .meta({
        title: 'Equation and rule',
        choices: {
          'implicit-euler': 'Heat, implicit Euler',
          'crank-nicolson': 'Heat, Crank–Nicolson',
          'newmark': 'Waves, Newmark',
        },
      }),
    timeStep: z.number().positive().max(1e6).default(1e-3).meta({
      title: 'Time step',
      symbol: 'Δt',
      logarithmic: true,
    }),
    steps: z.int().min(1).max(1_000_000).default(100).meta({ title: 'Steps' }),
    frames: z.int().min(1).max(10_000).default(50).meta({
      title: 'States to keep',
      help: 'Besides the first, evenly among the steps.',
    }),
    preconditioner: z
      .enum(['jacobi', 'incomplete-cholesky', 'multigrid'])
      .default('incomplete-cholesky')
      .meta({
        title: 'Preconditioner',
        choices: {
          'jacobi': 'Jacobi',
          'incomplete-cholesky': 'Incomplete Cholesky',
          'multigrid': 'Multigrid',
        },
        group: 'Solves',
      }),
    tolerance: z.number().min(1e-15).max(0.1).default(1e-10).meta({
      title: 'Tolerance',
      help: 'Relative true residual of every solve.',
      group: 'Solves',
      logarithmic: true,
    }),
  }),
  outputs: {
    field: output.field({ title: 'State', help: 'Over time; play it, or move through it.' }),
    steps: output.trace({
      title: 'Steps',
      columns: [
        { name: 'time', title: 'Time', unit: null, logarithmic: false },
        { name: 'iterations', title: 'Iterations of the solve', unit: null, logarithmic: false },
        { name: 'residual', title: 'True relative residual', unit: null, logarithmic: true },
        { name: 'energy', title: 'Energy', unit: null, logarithmic: false },
        { name: 'integral', title: 'Integral of the state', unit: null, logarithmic: false },
      ],
    }),
  },
  check: ({ matrix }) => {
    neededParts(matrix)
  },
  solve: async ({ matrix }, parameters, context) => {
    const { mass, initialState } = neededParts(matrix)
    const space = gridOf(matrix)
    const grid = space.map(({ size }) => size)
    const info = await callNative(context, (native, nativeContext) =>
      native.timeSteps({ system: systemInput(matrix), mass, initialState, grid }, parameters, nativeContext),
    )
    const { timeStep, steps, frames } = parameters
    const stride = Math.ceil(steps / frames)
    const times = Array.from(
      { length: Math.floor(steps / stride) + 1 },
      (_, frame) => frame * stride * timeStep,
    )
    const time: Axis = { ...plainAxis('time', times.length), coordinates: times }
    return solveResult(info, [{ name: 'field', axes: [time, ...space] }])
  },
})

/** The grid of the unknowns, or a single axis of them. */
function gridOf({ dataset }: MatrixValue): Axis[] {
  const unknowns = dataset.axes[0]?.size ?? 0
  const grid = dataset.grid ?? []
  const fits = elementCount(grid.map(({ size }) => size)) === unknowns && grid.length > 0
  return fits ? grid : [plainAxis('unknown', unknowns)]
}

function neededParts(matrix: MatrixValue) {
  const { mass, initialState } = matrix.parts
  if (mass === undefined || initialState === undefined || systemCount(matrix) > 1) {
    throw new FiligreeError(
      'invalid-data',
      `${matrix.dataset.name} has no ${mass === undefined ? 'mass matrix' : 'initial state'} to step from. Generate heat and wave operators, which bring both.`,
      { field: 'matrix' },
    )
  }
  return { mass, initialState }
}
