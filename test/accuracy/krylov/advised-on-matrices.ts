import { basename, join } from 'node:path'
import { advise } from '../../../src/main/methods/krylov/advice'
import {
  combinationName,
  combinationsFor,
  isDirect,
  proposalOf,
  sameCombination,
  type Combination,
} from '../../../src/main/methods/krylov/combination'
import { knownFacts } from '../../../src/main/methods/krylov/known-facts'
import { FiligreeError } from '../../../src/shared/failure'
import type { MatrixValue } from '../../../src/shared/method'
import { recomputedResidual } from '../../measurement/recomputed-residual'
import { importSystem, solveWith } from '../../measurement/sparse-system'
import type { Workspace } from '../../measurement/workspace'
import { missingSharedData, missingWords, sharedData } from '../../shared-data-files'
import { atLeast, atMost, figure, type Check, type Figure } from '../check'

const files = [
  'matrices/bcsstk13.mtx',
  'matrices/cryg2500.mtx',
  'matrices/olm1000.mtx',
  'matrices/jagmesh7.mtx',
  'matrices/bar.mat',
  'matrices/unit_square.mat',
  'matrices/recirc_flow.mat',
  'matrices/helmholtz_2D.mat',
] as const
const tolerance = 1e-8

/** Each matrix is solved by what is advised first or second, and every residual that is told is the true one. */
export const advisedOnMatrices: Check = {
  name: 'Matrices of others: what is advised solves them, and residuals are what they are said to be',
  missing: () => {
    const missing = missingSharedData(files)
    return missing.length === 0 ? null : missingWords(missing)
  },
  async measure(workspace) {
    const figures: Figure[] = []
    for (const file of files) {
      const path = sharedData(file)
      if (path === null) continue
      figures.push(...(await onMatrix(workspace, basename(file), await importSystem(workspace, path))))
    }
    return figures
  },
}

async function onMatrix(workspace: Workspace, file: string, matrix: MatrixValue): Promise<Figure[]> {
  const facts = await knownFacts(matrix, 1, await workspace.solve())
  const advised = advise(facts).slice(0, 2)
  const others = combinationsFor(facts).filter((each) => !advised.some((one) => sameCombination(one, each)))
  const best = { residual: Infinity, name: '' }
  for (const combination of advised) {
    const told = await residuals(workspace, matrix, combination, null)
    if (told === null || !(told.reported < best.residual)) continue
    Object.assign(best, { residual: told.reported, name: combinationName(combination) })
  }
  const { matrix: system, rightHandSide } = await withGivenSide(workspace, matrix, file)
  const honesty = { worst: 0, count: 0, name: '' }
  for (const combination of [...advised, ...others]) {
    const told = await residuals(workspace, system, combination, rightHandSide)
    if (told === null) continue
    const difference = Math.abs(told.reported - told.recomputed) / Math.max(told.recomputed, Number.MIN_VALUE)
    honesty.count += 1
    if (difference >= honesty.worst)
      Object.assign(honesty, { worst: difference, name: combinationName(combination) })
  }
  return [
    figure(
      `${file}: true residual by ${best.name || 'nothing that is advised'}`,
      best.residual,
      atMost(tolerance),
      best.residual.toExponential(2),
    ),
    figure(`${file}: combinations that ended with a solution`, honesty.count, atLeast(1), `${honesty.count}`),
    figure(
      `${file}: told and recomputed residual differ at most, of ${honesty.count} combinations (${honesty.name})`,
      honesty.worst,
      atMost(1e-12, ' of it'),
      honesty.worst.toExponential(2),
    ),
  ]
}

/**
 * The system with a right-hand side that is known here: ones; for a real matrix, one whose sum is nought, so that systems
 * that leave a constant open have a solution, too.
 */
async function withGivenSide(workspace: Workspace, matrix: MatrixValue, name: string) {
  const rows = matrix.dataset.axes[0]?.size ?? 0
  if (matrix.source.dtype.startsWith('complex'))
    return { matrix, rightHandSide: new Float64Array(rows).fill(1) }
  const rightHandSide = Float64Array.from({ length: rows }, (_, row) => 2 * row + 1 - rows)
  const part = await workspace.write(`${name}-right-hand-side.npy`, [rows], rightHandSide)
  return { matrix: { ...matrix, parts: { ...matrix.parts, rightHandSide: part } }, rightHandSide }
}

/**
 * The residual that a run tells, and the one found here; null where the combination has no result on this matrix.
 * Without a right-hand side that is given, the run chooses its own, and nothing is found here.
 */
async function residuals(
  workspace: Workspace,
  matrix: MatrixValue,
  combination: Combination,
  rightHandSide: Float64Array | null,
) {
  const limits = isDirect(combination) ? {} : { maxIterations: 3000, residualInterval: 0 }
  try {
    const { method, parameters } = proposalOf(combination, 1)
    const { folder, figure: told } = await solveWith(workspace, method, matrix, {
      ...{ rightHandSide: sideOf(matrix, rightHandSide), relativeTolerance: tolerance, ...limits },
      ...parameters,
    })
    const recomputed =
      rightHandSide === null
        ? Number.NaN
        : await recomputedResidual(matrix, join(folder, 'solution.npy'), rightHandSide)
    return { reported: told('trueResidual'), recomputed }
  } catch (cause) {
    if (cause instanceof FiligreeError && cause.code !== 'internal') return null
    throw cause
  }
}

function sideOf({ parts }: MatrixValue, rightHandSide: Float64Array | null): string {
  if (rightHandSide === null) return 'automatic'
  return 'rightHandSide' in parts ? 'given' : 'ones'
}
