import { z } from 'zod'
import { input } from '../../../shared/method'

const stopping = 'Stopping'

/** Which system is solved, and for which right-hand side. */
export const problemParameters = {
  system: z.int().min(1).max(1_000_000).default(1).meta({
    title: 'System',
    help: 'Which system of a sequence is solved, counted from 1.',
    group: 'Problem',
    advanced: true,
  }),
  rightHandSide: z
    .enum(['automatic', 'given', 'ones', 'random', 'manufactured'])
    .default('automatic')
    .meta({
      title: 'Right-hand side',
      symbol: 'b',
      choices: {
        automatic: 'The one that was given, else manufactured',
        given: 'The one that was given with the matrix',
        ones: 'Ones',
        random: 'Random numbers',
        manufactured: 'Manufactured: A times random numbers, so that the solution is known',
      },
      help: 'Random numbers follow the seed of the run. A manufactured side is consistent even where the matrix is singular.',
      group: 'Problem',
    }),
}

/** When an iteration stops, and how often it is checked. */
export const stoppingParameters = {
  relativeTolerance: z.number().min(1e-15).max(0.99).default(1e-8).meta({
    title: 'Tolerance',
    help: 'Stop when ‖b − A x‖ / ‖b‖, recomputed from x, is at most this. No preconditioned norm is ever tested.',
    group: stopping,
    logarithmic: true,
  }),
  maxIterations: z.int().min(1).max(10_000_000).default(10_000).meta({
    title: 'Iteration limit',
    group: stopping,
    logarithmic: true,
  }),
  residualInterval: z.int().min(0).max(100_000).default(1).meta({
    title: 'Iterations between recomputed residuals',
    help: 'Each costs a product with the matrix. 0 recomputes at the start, at restarts and at the end alone; convergence is always recomputed before it is told.',
    group: stopping,
    advanced: true,
  }),
}

/** A preconditioner from a file. */
export const factorInput = input.matrix({
  optional: true,
  title: 'Factor',
  help: 'For the preconditioner “factor that is given”: a lower triangular L, used as L Lᴴ, or a sequence of two matrices, L and U.',
})

/** Steps between two restarts. */
export const restartParameter = z.int().min(1).max(2000).default(40).meta({
  title: 'Steps between restarts',
  symbol: 'm',
  help: 'Each step keeps a vector as long as x. More steps converge in fewer iterations and cost more a step.',
})

const choices = {
  'none': 'None',
  'jacobi': 'Jacobi',
  'ssor': 'SSOR',
  'ic0': 'Incomplete Cholesky, IC(0)',
  'ilu0': 'Incomplete LU, ILU(0)',
  'ilut': 'Incomplete LU with a threshold, ILUT',
  'amg-classical': 'Multigrid, Ruge-Stüben',
  'amg-aggregation': 'Multigrid, smoothed aggregation',
  'polynomial': 'Polynomial, from traces',
  'adaptive-polynomial': 'Polynomial, from the Krylov space',
  'chebyshev': 'Polynomial, Chebyshev',
  'shifted-laplacian': 'Shifted Laplacian (Helmholtz)',
  'imported': 'The factor that is given as an input',
} as const

export type PreconditionerName = keyof typeof choices

/** Preconditioners that are Hermitian positive definite where the matrix is: what CG and MINRES take. */
export const definitePreconditioners = [
  'none',
  'jacobi',
  'ssor',
  'ic0',
  'amg-classical',
  'amg-aggregation',
  'polynomial',
  'chebyshev',
  'imported',
] as const satisfies readonly PreconditionerName[]

/** Those that may differ from one application to the next are for flexible methods alone. */
export const fixedPreconditioners = [
  ...definitePreconditioners,
  'ilu0',
  'ilut',
  'shifted-laplacian',
] as const satisfies readonly PreconditionerName[]

export const allPreconditioners = [
  ...fixedPreconditioners,
  'adaptive-polynomial',
] as const satisfies readonly PreconditionerName[]

/** The choice of a preconditioner among those that a method may use, and what each of them can be told. */
export function preconditionerParameters<
  const Names extends readonly [PreconditionerName, ...PreconditionerName[]],
>(names: Names, first: NoInfer<Names[number]>) {
  const group = 'Preconditioner'
  const told = Object.fromEntries(names.map((name) => [name, choices[name]]))
  return {
    preconditioner: z
      .enum(names as readonly [PreconditionerName, ...PreconditionerName[]])
      .default(first)
      .meta({ title: 'Preconditioner', symbol: 'M', choices: told, group }),
    ...preconditionerDetails,
  }
}

const group = 'Preconditioner'

const preconditionerDetails = {
  relaxation: z.number().min(0.01).max(1.99).default(1).meta({
    title: 'Relaxation of SSOR',
    symbol: 'ω',
    group,
    advanced: true,
  }),
  shift: z.number().min(0).max(10).default(0).meta({
    title: 'First shift of IC(0)',
    help: 'Share of the diagonal that is added before factorising. It grows until a factor exists, and the run tells the one it took.',
    group,
    advanced: true,
  }),
  dropTolerance: z.number().min(0).max(1).default(1e-3).meta({
    title: 'Threshold of ILUT',
    help: 'Entries smaller than this share of their row are dropped.',
    group,
    advanced: true,
    logarithmic: true,
  }),
  fill: z.int().min(1).max(1000).default(20).meta({
    title: 'Entries that ILUT keeps a row',
    help: 'In each of the two factors.',
    group,
    advanced: true,
  }),
  replaceZeroPivots: z.boolean().default(false).meta({
    title: 'Replace pivots of nought in ILU',
    help: 'Else such a pivot ends the run, which names its row. Where one was replaced, the run says so.',
    group,
    advanced: true,
  }),
  cycle: z
    .enum(['v', 'w', 'f'])
    .default('v')
    .meta({
      title: 'Multigrid cycle',
      choices: { v: 'V', w: 'W', f: 'F' },
      group,
      advanced: true,
    }),
  smoother: z
    .enum(['gauss-seidel', 'jacobi', 'l1-jacobi', 'chebyshev'])
    .default('gauss-seidel')
    .meta({
      title: 'Smoother',
      choices: {
        'gauss-seidel': 'Symmetric Gauss-Seidel',
        'jacobi': 'Damped Jacobi',
        'l1-jacobi': 'ℓ1-Jacobi',
        'chebyshev': 'Chebyshev',
      },
      group,
      advanced: true,
    }),
  sweeps: z.int().min(1).max(20).default(1).meta({
    title: 'Smoothing sweeps',
    help: 'Before the coarse correction, and as many after it.',
    group,
    advanced: true,
  }),
  strength: z.number().min(0).max(1).nullable().default(null).meta({
    title: 'Strength of a connection',
    symbol: 'θ',
    help: 'Weaker connections do not count when levels are made. Empty: 0.25 for Ruge-Stüben; for smoothed aggregation found from relaxed random vectors, which see anisotropy.',
    group,
    advanced: true,
  }),
  degree: z.int().min(1).max(64).default(6).meta({
    title: 'Degree of the polynomial',
    symbol: 'τ',
    group,
    advanced: true,
  }),
  imaginaryShift: z.number().min(0).max(10).default(0.5).meta({
    title: 'Imaginary shift of the Laplacian',
    symbol: 'β',
    help: 'Times the squared wavenumber; damps waves in the preconditioner, not in the equation.',
    group,
    advanced: true,
  }),
}
