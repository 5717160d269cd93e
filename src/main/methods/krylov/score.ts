import type { ScoreCard } from '../../../shared/run'
import { scoreOfFigures, type ScoredFigure } from '../score-of-figures'

/** Figures of solves that runs are compared by; every residual was recomputed from b − A x. */
const scored: readonly ScoredFigure[] = [
  {
    ...{ figure: 'trueResidual', title: 'True residual', unit: '', better: 'lower', digits: 4 },
    rule: 'True residual: ‖b − A x‖ / ‖b‖ of the solution that is kept, recomputed from the matrix after the last step.',
  },
  {
    ...{ figure: 'normalResidual', title: 'Normal residual', unit: '', better: 'lower', digits: 4 },
    rule: 'Normal residual: ‖Aᴴr‖ / (‖A‖‖r‖) of r = b − A x, recomputed; nought where x is a least-squares solution.',
  },
  {
    ...{ figure: 'totalSeconds', title: 'Time', unit: 's', better: 'lower', digits: 3 },
    rule: 'Time: set-up of the preconditioner or factorisation and the solve, together; reading the files is not in it.',
  },
  {
    ...{ figure: 'setupSeconds', title: 'Set-up time', unit: 's', better: 'lower', digits: 3 },
    rule: 'Set-up time: making the preconditioner, the hierarchy or the factorisation.',
  },
  {
    ...{ figure: 'matrixProducts', title: 'Products with A', unit: '', better: 'lower', digits: 0 },
    rule: 'Products with A: applications of the matrix and of its adjoint, those that check the true residual included.',
  },
  {
    ...{ figure: 'relativeError', title: 'Relative error', unit: '', better: 'lower', digits: 4 },
    rule: 'Relative error: ‖x − x*‖ / ‖x*‖ against the solution that is known.',
  },
]

/** The score card of a solve: it needs no truth, for the matrix tells how well it was solved. Null where nothing was. */
export function scoreKrylov(figures: Readonly<Record<string, number>>): ScoreCard | null {
  return scoreOfFigures('How well and how fast', scored, figures)
}
