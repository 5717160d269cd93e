import { unmix, type Scene } from '../../measurement/scene'
import { mean, meanWithDeviation } from '../../measurement/statistics'
import type { Workspace } from '../../measurement/workspace'
import { forTheRecord, type Figure } from '../check'
import { scoreOf, type Score } from './score'

/** The scaling of the published benchmarks: the whole cube to 0 … 1, then each pixel to unit length. */
export const protocol = { normalisation: 'min-max-unit-length', negativeValues: 'clip' } as const

/** Scores of a method over seeds, defaults for everything that is not said. */
export async function scoresOver(
  workspace: Workspace,
  scene: Scene,
  method: string,
  seeds: readonly number[],
  parameters: Record<string, unknown>,
): Promise<Score[]> {
  const scores: Score[] = []
  for (const seed of seeds) {
    const folder = await unmix(workspace, method, { cube: scene.cube, start: null }, parameters, seed)
    scores.push(await scoreOf(scene, folder))
  }
  return scores
}

/** Means of scores. */
export function means(scores: readonly Score[]): Score {
  return {
    sad: mean(scores.map(({ sad }) => sad)),
    armse: mean(scores.map(({ armse }) => armse)),
  }
}

/** Mean SAD and aRMSE of scores with their deviations, for the reader. */
export function printed(name: string, scores: readonly Score[]): Figure[] {
  const [sad, armse] = [scores.map((score) => score.sad), scores.map((score) => score.armse)]
  return [
    forTheRecord(`${name}: mean SAD`, mean(sad), `${meanWithDeviation(sad, 2)}°`),
    forTheRecord(`${name}: aRMSE`, mean(armse), `${meanWithDeviation(armse, 2)} %`),
  ]
}
