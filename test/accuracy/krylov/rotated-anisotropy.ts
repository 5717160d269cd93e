import { generateSystem, solveWith } from '../../measurement/sparse-system'
import { atMost, figure, forTheRecord, type Check } from '../check'

const schemes = { 'finite-elements': 'bilinear finite elements', 'finite-differences': 'central differences' }

/** A strong direction that no grid line follows: few iterations tell that coarsening notices it. */
export const rotatedAnisotropy: readonly Check[] = Object.entries(schemes).map(([scheme, title]) => ({
  name: `Rotated anisotropy of 1e-3 at 30° on 500², ${title}: CG with a W-cycle of classical multigrid`,
  missing: () => null,
  async measure(workspace) {
    const problem = { shape: [500, 500], epsilon: 1e-3, angle: 30, scheme, rightHandSide: 'random' }
    const matrix = await generateSystem(workspace, 'anisotropic-diffusion', problem, 0)
    const solve = (parameters: Record<string, unknown>) =>
      solveWith(workspace, 'cg', matrix, { relativeTolerance: 1e-8, ...parameters })
    const w = await solve({ preconditioner: 'amg-classical', cycle: 'w' })
    const v = await solve({ preconditioner: 'amg-classical', cycle: 'v' })
    const aggregation = await solve({ preconditioner: 'amg-aggregation' })
    return [
      figure('iterations', w.result.iterations, atMost(15)),
      figure('true residual', w.figure('trueResidual'), atMost(1e-8)),
      forTheRecord('operator complexity', w.figure('operatorComplexity')),
      forTheRecord('iterations with a V-cycle', v.result.iterations),
      forTheRecord('iterations with smoothed aggregation', aggregation.result.iterations),
    ]
  },
}))
