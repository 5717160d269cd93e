import { atMost, figure, type Check } from '../check'
import { samson, samsonMissing } from './score'
import { means, printed, protocol, scoresOver } from './scores-over-seeds'

const seeds = [0, 1, 2, 3, 4]

/** L1/2-NMF from VCA with the sparsity weight its paper estimates. */
export const l12NmfOnSamson: Check = {
  name: `Samson, whole cube to 0 … 1, then unit length: L1/2-NMF from VCA, ${seeds.length} seeds`,
  missing: samsonMissing,
  async measure(workspace) {
    const scores = await scoresOver(workspace, await samson(workspace), 'l12-nmf', seeds, {
      endmembers: 3,
      ...protocol,
    })
    const { sad, armse } = means(scores)
    return [
      figure('mean SAD', sad, atMost(2.9, '°'), `${sad.toFixed(2)}°`),
      figure('aRMSE', armse, atMost(7.9, ' %'), `${armse.toFixed(2)} %`),
      ...printed('with its deviation', scores),
    ]
  },
}
