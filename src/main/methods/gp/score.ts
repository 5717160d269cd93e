import type { ScoreCard } from '../../../shared/run'
import { scoreOfFigures, type ScoredFigure } from '../score-of-figures'

/** Figures of Gaussian processes that runs are compared by; each is measured on rows that were held out. */
const scored: readonly ScoredFigure[] = [
  {
    ...{ figure: 'rmse', title: 'RMSE', unit: '', better: 'lower', digits: 4 },
    rule: 'RMSE: root mean square error of the predictive mean on held-out rows, in the unit of the target.',
  },
  {
    ...{ figure: 'mae', title: 'MAE', unit: '', better: 'lower', digits: 4 },
    rule: 'MAE: mean absolute error of the predictive mean on held-out rows.',
  },
  {
    ...{ figure: 'nlpd', title: 'NLPD', unit: 'nat', better: 'lower', digits: 4 },
    rule: 'NLPD: mean negative log predictive density of the held-out targets, noise included.',
  },
  {
    ...{ figure: 'msll', title: 'MSLL', unit: 'nat', better: 'lower', digits: 4 },
    rule: 'MSLL: NLPD less that of a normal distribution with mean and variance of the fitted targets; below zero is better than that.',
  },
  {
    ...{ figure: 'crps', title: 'CRPS', unit: '', better: 'lower', digits: 4 },
    rule: 'CRPS: continuous ranked probability score, in the unit of the target.',
  },
  {
    ...{ figure: 'intervalScore95', title: '95 % interval score', unit: '', better: 'lower', digits: 4 },
    rule: '95 % interval score: width of the interval, plus 40 times how far outside of it a target lies.',
  },
  {
    ...{ figure: 'coverage95', title: 'Coverage of 95 % intervals', unit: '', better: 'neither', digits: 3 },
    rule: 'Coverage: share of the held-out targets inside their 95 % predictive interval; 0.95 is right.',
  },
  {
    ...{ figure: 'standardisedRmse', title: 'Standardised RMSE', unit: '', better: 'lower', digits: 4 },
    rule: 'Standardised RMSE and NLPD: with the target brought to mean 0 and deviation 1 over the fitted rows.',
  },
  {
    ...{ figure: 'standardisedNlpd', title: 'Standardised NLPD', unit: 'nat', better: 'lower', digits: 4 },
    rule: 'Standardised figures compare across tables whose targets have other units.',
  },
]

/** The score card of a Gaussian process: its calibration. Null where nothing was held out. */
export function scoreGp(figures: Readonly<Record<string, number>>): ScoreCard | null {
  return scoreOfFigures('Calibration', scored, figures)
}
