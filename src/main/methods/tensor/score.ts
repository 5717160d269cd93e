import type { ScoreCard } from '../../../shared/run'
import { scoreOfFigures, type ScoredFigure } from '../score-of-figures'

/** Figures of tensor methods that runs are compared by; a solver names those it recomputed at the end. */
const scored: readonly ScoredFigure[] = [
  {
    ...{ figure: 'relativeError', title: 'Relative error', unit: '', better: 'lower', digits: 5 },
    rule: 'Relative error: ‖X − X̂‖ / ‖X‖ over all entries, from the residual of every entry.',
  },
  {
    ...{ figure: 'compression', title: 'Compression', unit: '', better: 'higher', digits: 1 },
    rule: 'Compression: entries of the tensor for each number of core and factors.',
  },
  {
    ...{ figure: 'observedRmse', title: 'Observed RMSE', unit: '', better: 'lower', digits: 5 },
    rule: 'Observed RMSE: over the entries the model was fitted to, in the units of the data; missing ones take no part.',
  },
  {
    ...{ figure: 'holdOutRmse', title: 'Hold-out RMSE', unit: '', better: 'lower', digits: 5 },
    rule: 'Hold-out RMSE: over entries that were kept back from the fit, in the units of the data.',
  },
  {
    ...{
      figure: 'holdOutRelativeError',
      title: 'Hold-out relative error',
      unit: '',
      better: 'lower',
      digits: 5,
    },
    rule: 'Hold-out relative error: RMSE of the held-out entries over their root mean square.',
  },
  {
    ...{ figure: 'coverage95', title: 'Coverage of 95 % intervals', unit: '', better: 'neither', digits: 3 },
    rule: 'Coverage: share of the held-out entries inside their 95 % predictive interval; 0.95 is right, more is too careful.',
  },
  {
    ...{ figure: 'nlpd', title: 'Hold-out NLPD', unit: '', better: 'lower', digits: 4 },
    rule: 'NLPD: mean negative log predictive density of the held-out entries.',
  },
  {
    ...{
      figure: 'meanImputationRmse',
      title: 'Hold-out RMSE of the mean',
      unit: '',
      better: 'neither',
      digits: 5,
    },
    rule: 'Hold-out RMSE of the mean: what predicting the mean of the observed entries would give, for comparison.',
  },
]

/** The score card of a tensor run: it needs no truth, for the data themselves are one. Null where it has no such figure. */
export function scoreTensor(figures: Readonly<Record<string, number>>): ScoreCard | null {
  return scoreOfFigures('Fit to the tensor', scored, figures)
}
