import { findMethod } from '../../../src/main/methods'
import { seconds } from '../../bench/benchmark'
import { benchmarkFiles, benchmarkTable } from '../../measurement/regression-table'
import { missingSharedData, missingWords } from '../../shared-data-files'
import { atMost, figure, forTheRecord, type Check } from '../check'

/** A method on the first saved split of a benchmark, by default parameters but for those given. */
function onFirstSplit(
  name: 'elevators' | 'kin40k',
  method: string,
  choices: Record<string, unknown>,
  rmse: number,
): Check {
  return {
    name: `${name}, first split: ${findMethod(method).description.title}`,
    missing: () => {
      const missing = missingSharedData(benchmarkFiles(name))
      return missing.length === 0 ? null : missingWords(missing)
    },
    async measure(workspace) {
      const table = await benchmarkTable(workspace, name)
      const { params, check, solve } = findMethod(method)
      const parameters = params.parse({ ...choices, holdOut: 'split' })
      check({ table }, parameters)
      const start = performance.now()
      const { figures, iterations } = await solve({ table }, parameters, await workspace.solve(1))
      const time = (performance.now() - start) / 1000
      const value = (of: string) => figures[of] ?? Number.NaN
      return [
        figure('RMSE of standardised targets', value('standardisedRmse'), atMost(rmse)),
        forTheRecord('NLPD of standardised targets', value('standardisedNlpd')),
        forTheRecord('coverage of 95 % intervals', value('coverage95')),
        forTheRecord('iterations', iterations, `${iterations}`),
        forTheRecord('time', time, seconds(time)),
      ]
    },
  }
}

/** The exact process as the referee, and sparse regression with 500 inducing points. */
export const inducingMarks: readonly Check[] = [
  onFirstSplit('elevators', 'exact-gp', {}, 0.362),
  onFirstSplit('kin40k', 'sgpr', { points: 500 }, 0.311),
  onFirstSplit('kin40k', 'fitc', { points: 500 }, 0.311),
]
