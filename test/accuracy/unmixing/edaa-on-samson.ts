import { unmix, type Scene } from '../../measurement/scene'
import { mean, median } from '../../measurement/statistics'
import type { Workspace } from '../../measurement/workspace'
import { atMost, figure, forTheRecord, type Check, type Figure } from '../check'
import { seeds } from './compare-over-seeds'
import { samson, samsonMissing, scoreOf, type Score } from './score'

/** The published figures are for the scene stretched to 0 … 1, then each pixel to unit length. */
const preparation = { endmembers: 3, normalisation: 'min-max-unit-length' }

/** The best known run of the published program: T 100, K 20, M 10. */
const best = { sad: 1.13, armse: 3.82 }

/** EDAA as it ships, and by the published rule, on a real scene. */
export const edaaOnSamson: Check = {
  name: `Samson, stretched and of unit length: EDAA as it ships, ${seeds.length} seeds (published: 1.50 ± 0.10° and 4.17 %; best known run ${best.sad}° and ${best.armse} %)`,
  missing: samsonMissing,
  async measure(workspace) {
    const scene = await samson(workspace)
    const scores = await scoresOf(workspace, scene, {}, seeds)
    const [sads, armses] = [scores.map(({ sad }) => sad), scores.map(({ armse }) => armse)]
    // How far the nearest of the runs is from being at least as good in both, as a share.
    const excess = (score: Score) => Math.max(score.sad / best.sad, score.armse / best.armse) - 1
    const nearest = scores.reduce((one, other) => (excess(other) < excess(one) ? other : one))
    return [
      figure('median of the mean SAD', median(sads), atMost(1.3, '°'), `${median(sads).toFixed(3)}°`),
      figure('median of the aRMSE', median(armses), atMost(3.95, ' %'), `${median(armses).toFixed(3)} %`),
      figure(
        'best of the seeds against the best known run',
        excess(nearest),
        { text: `at most ${best.sad}° and ${best.armse} %, as rounded`, passes: () => reached(nearest) },
        `${nearest.sad.toFixed(3)}° and ${nearest.armse.toFixed(3)} %`,
      ),
      forTheRecord('worst mean SAD', Math.max(...sads), `${Math.max(...sads).toFixed(3)}°`),
      forTheRecord('worst aRMSE', Math.max(...armses), `${Math.max(...armses).toFixed(3)} %`),
      ...(await publishedRule(workspace, scene)),
    ]
  },
}

function reached({ sad, armse }: Score): boolean {
  return Number(sad.toFixed(2)) <= best.sad && Number(armse.toFixed(2)) <= best.armse
}

async function scoresOf(
  workspace: Workspace,
  scene: Scene,
  parameters: Record<string, unknown>,
  some: readonly number[],
): Promise<Score[]> {
  const scores: Score[] = []
  for (const seed of some) {
    const folder = await unmix(
      workspace,
      'edaa',
      { cube: scene.cube },
      { ...preparation, ...parameters },
      seed,
    )
    scores.push(await scoreOf(scene, folder))
  }
  return scores
}

/** What the rule alone does: the same restarts, judged as the paper does. */
async function publishedRule(workspace: Workspace, scene: Scene): Promise<Figure[]> {
  const scores = await scoresOf(workspace, scene, { rule: 'coherence' }, seeds.slice(0, 3))
  const sad = mean(scores.map((score) => score.sad))
  const armse = mean(scores.map((score) => score.armse))
  return [
    forTheRecord(
      'the same restarts by the published rule (lowest coherence), mean of three seeds',
      sad,
      `${sad.toFixed(2)}° and ${armse.toFixed(2)} %`,
    ),
  ]
}
