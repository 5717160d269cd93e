import { generateSystem, solveWith } from '../../measurement/sparse-system'
import type { Check } from '../check'
import { sameBytesFigure } from '../same-bytes-figure'

type Solve = [method: string, preconditioner?: string]

/** Systems large enough for threads to share their rows, and what solves them. */
const systems: [name: string, generator: string, parameters: Record<string, unknown>, solves: Solve[]][] = [
  [
    'positive definite',
    'poisson',
    { shape: [32, 32, 32] },
    [
      ['cg', 'none'],
      ['cg', 'jacobi'],
      ['cg', 'ssor'],
      ['cg', 'ic0'],
      ['cg', 'amg-classical'],
      ['cg', 'amg-aggregation'],
      ['cg', 'polynomial'],
      ['cg', 'chebyshev'],
      ['deflated-cg', 'ic0'],
      ['minres', 'none'],
      ['multigrid', 'amg-classical'],
      ['multigrid', 'amg-aggregation'],
      ['sparse-cholesky'],
      ['sparse-ldlt'],
    ],
  ],
  [
    'nonsymmetric',
    'convection-diffusion',
    { shape: [150, 150] },
    [
      ['gmres', 'none'],
      ['gmres', 'ilu0'],
      ['gmres', 'amg-classical'],
      ['flexible-gmres', 'adaptive-polynomial'],
      ['bicgstab', 'ilut'],
      ['idr', 'ilu0'],
      ['lsqr'],
      ['lsmr'],
      ['sparse-lu'],
      ['sparse-qr'],
    ],
  ],
  [
    'complex, indefinite',
    'helmholtz',
    { shape: [120, 120] },
    [
      ['gmres', 'shifted-laplacian'],
      ['flexible-gmres', 'ilut'],
      ['idr', 'none'],
      ['bicgstab', 'jacobi'],
      ['lsmr'],
      ['sparse-lu'],
    ],
  ],
]

/** The number of threads must not show in any byte that is written. */
export const solversSameBytes: readonly Check[] = systems.map(([name, generator, parameters, solves]) => ({
  name: `Solvers and preconditioners, ${name}: the same bytes on 1 and on 2 threads`,
  missing: () => null,
  async measure(workspace) {
    const matrix = await generateSystem(workspace, generator, parameters, 1)
    const figures = []
    for (const [method, preconditioner] of solves) {
      const chosen = preconditioner === undefined ? {} : { preconditioner }
      const limits = method.startsWith('sparse-') ? {} : { maxIterations: 150 }
      const run = async (threads: number) =>
        (await solveWith(workspace, method, matrix, { ...chosen, ...limits }, 7, threads)).folder
      const told = preconditioner === undefined ? method : `${method}, ${preconditioner}`
      figures.push(await sameBytesFigure(told, run))
    }
    return figures
  },
}))
