import { mean, meanWithDeviation, standardDeviation } from '../../measurement/statistics'
import { figure, forTheRecord, type Figure } from '../check'
import type { Score } from './score'

/** How much lower the mean has to be, relative to the other, for "clearly better". */
const clearShare = 0.2

/**
 * Whether a method is clearly better than another in mean SAD over the same seeds: its mean is lower by at
 * least a fifth, and by more than two standard errors of the paired differences.
 */
export function clearlyBetter(
  name: string,
  ours: readonly Score[],
  otherName: string,
  others: readonly Score[],
): Figure[] {
  const sad = (scores: readonly Score[]) => scores.map((score) => score.sad)
  const differences = others.map((other, index) => other.sad - (ours[index]?.sad ?? Number.NaN))
  const gain = mean(differences)
  const error = standardDeviation(differences) / Math.sqrt(differences.length)
  const share = gain / mean(sad(others))
  const wins = differences.filter((difference) => difference > 0).length
  return [
    forTheRecord(`${otherName}: mean SAD`, mean(sad(others)), `${meanWithDeviation(sad(others), 2)}°`),
    forTheRecord(
      `${otherName}: aRMSE`,
      mean(others.map((score) => score.armse)),
      `${meanWithDeviation(
        others.map((score) => score.armse),
        2,
      )} %`,
    ),
    forTheRecord(`${name}: mean SAD`, mean(sad(ours)), `${meanWithDeviation(sad(ours), 2)}°`),
    forTheRecord(
      `${name}: aRMSE`,
      mean(ours.map((score) => score.armse)),
      `${meanWithDeviation(
        ours.map((score) => score.armse),
        2,
      )} %`,
    ),
    figure(
      `${name}: SAD lower by`,
      share,
      { text: `≥ ${clearShare * 100} % of the other's mean`, passes: (value) => value >= clearShare },
      `${(100 * share).toFixed(1)} %`,
    ),
    figure(
      `${name}: paired gain over its standard error`,
      gain / error,
      { text: '> 2', passes: (value) => value > 2 },
      `${(gain / error).toFixed(2)} (gain ${gain.toFixed(2)}° ± ${error.toFixed(2)}°, better with ${wins} of ${differences.length} seeds)`,
    ),
  ]
}
