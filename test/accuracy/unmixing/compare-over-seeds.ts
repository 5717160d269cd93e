import { startFrom, unmix, type Scene } from '../../measurement/scene'
import { mean, meanWithDeviation, standardDeviation } from '../../measurement/statistics'
import type { Workspace } from '../../measurement/workspace'
import { figure, forTheRecord, type Figure } from '../check'
import { scoreOf, type Score } from './score'

/** How much lower the mean has to be, relative to the other, for "clearly better". */
const clearShare = 0.2

export const seeds = Array.from({ length: 10 }, (_, seed) => seed)

/**
 * SS-NMF against VCA + FCLS with every seed on one scene, both as they ship. SS-NMF tries several VCA starts
 * and keeps one; so that it can be seen what the choice of the start does and what the iterations do, two more
 * are printed: its start without the iterations, and the iterations from the very picks VCA + FCLS had.
 */
export async function compareOverSeeds(
  workspace: Workspace,
  scene: Scene,
  endmembers: number,
): Promise<Figure[]> {
  const { cube } = scene
  const classical: Score[] = []
  const shipped: Score[] = []
  const unmoved: Score[] = []
  const samePicks: Score[] = []
  for (const seed of seeds) {
    const solve = (
      method: string,
      inputs: Parameters<typeof unmix>[2],
      parameters: Record<string, unknown> = {},
    ) => unmix(workspace, method, { cube, ...inputs }, { endmembers, ...parameters }, seed)
    const fcls = await solve('fcls', { spectra: null })
    classical.push(await scoreOf(scene, fcls))
    shipped.push(await scoreOf(scene, await solve('ss-nmf', { start: null })))
    unmoved.push(await scoreOf(scene, await solve('ss-nmf', { start: null }, { maxIterations: 1 })))
    const start = await startFrom(workspace, fcls)
    samePicks.push(await scoreOf(scene, await solve('ss-nmf', { start })))
  }
  return [
    ...spread('VCA + FCLS', classical),
    ...spread('SS-NMF', shipped),
    ...clearlyBetter(shipped, classical),
    ...spread('the start SS-NMF chose, one iteration', unmoved),
    ...spread('SS-NMF from the same picks as VCA + FCLS', samePicks),
    forTheRecord('gain of the iterations from the same picks', ...pairedText(samePicks, classical)),
  ]
}

function spread(name: string, scores: readonly Score[]): Figure[] {
  const [sad, armse] = [scores.map((score) => score.sad), scores.map((score) => score.armse)]
  return [
    forTheRecord(`${name}: mean SAD`, mean(sad), `${meanWithDeviation(sad, 2)}°`),
    forTheRecord(`${name}: aRMSE`, mean(armse), `${meanWithDeviation(armse, 2)} %`),
  ]
}

/** Lower in mean SAD by at least a fifth, and by more than two standard errors of the paired differences. */
function clearlyBetter(ours: readonly Score[], others: readonly Score[]): Figure[] {
  const { gain, error } = paired(ours, others)
  const share = gain / mean(others.map((score) => score.sad))
  const [, text] = pairedText(ours, others)
  return [
    figure(
      'SAD of SS-NMF is lower by',
      share,
      { text: `≥ ${clearShare * 100} % of the other's mean`, passes: (value) => value >= clearShare },
      `${(100 * share).toFixed(1)} %`,
    ),
    figure(
      'its paired gain over the standard error',
      gain / error,
      { text: '> 2', passes: (value) => value > 2 },
      `${(gain / error).toFixed(2)}: ${text}`,
    ),
  ]
}

function paired(ours: readonly Score[], others: readonly Score[]) {
  const differences = others.map((other, index) => other.sad - (ours[index]?.sad ?? Number.NaN))
  return {
    gain: mean(differences),
    error: standardDeviation(differences) / Math.sqrt(differences.length),
    wins: differences.filter((difference) => difference > 0).length,
  }
}

function pairedText(ours: readonly Score[], others: readonly Score[]): [number, string] {
  const { gain, error, wins } = paired(ours, others)
  return [gain, `${gain.toFixed(2)}° ± ${error.toFixed(2)}°, better with ${wins} of ${others.length} seeds`]
}
