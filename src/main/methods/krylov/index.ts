import type { Method } from '../../../shared/method'
import { section } from '../section'
import { adviseSolver } from './advise-solver'
import { anisotropicDiffusion } from './anisotropic-diffusion'
import { compareSolvers } from './compare-solvers'
import { convectionDiffusion } from './convection-diffusion'
import { darcy } from './darcy'
import { evolutionOperators } from './evolution-operators'
import { helmholtz } from './helmholtz'
import { inspectMatrix } from './inspect-matrix'
import { poisson } from './poisson'
import { solveSequence } from './solve-sequence'
import { bicgstab } from './solvers/bicgstab'
import { cg } from './solvers/cg'
import { deflatedCg } from './solvers/deflated-cg'
import { flexibleGmres } from './solvers/flexible-gmres'
import { gmres } from './solvers/gmres'
import { idr } from './solvers/idr'
import { lsmr } from './solvers/lsmr'
import { lsqr } from './solvers/lsqr'
import { minres } from './solvers/minres'
import { multigrid } from './solvers/multigrid'
import { sparseCholesky } from './solvers/sparse-cholesky'
import { sparseLdlt } from './solvers/sparse-ldlt'
import { sparseLu } from './solvers/sparse-lu'
import { sparseQr } from './solvers/sparse-qr'
import { timeSteps } from './time-steps'

const iterative = [cg, deflatedCg, minres, gmres, flexibleGmres, bicgstab, idr, lsqr, lsmr, multigrid]
const generators = [poisson, anisotropicDiffusion, convectionDiffusion, helmholtz, darcy, evolutionOperators]

/** Methods of the family, in the order they are offered. */
export const krylovMethods: readonly Method[] = [
  ...section('Choose', [inspectMatrix, adviseSolver, compareSolvers]),
  ...section('Iterative', iterative),
  ...section('Direct', [sparseCholesky, sparseLdlt, sparseLu, sparseQr]),
  ...section('Sequences', [solveSequence]),
  ...section('Time', [timeSteps]),
  ...section('Generators', generators),
]
