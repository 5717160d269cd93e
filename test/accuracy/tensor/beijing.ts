import { loadavg } from 'node:os'
import { missingSharedData, missingWords, sharedData } from '../../shared-data-files'
import { findMethod } from '../../../src/main/methods'
import { readLongTable, scatteredTensor } from '../../measurement/scattered-tensor'
import { seconds } from '../../bench/benchmark'
import { atMost, figure, forTheRecord, type Check, type Figure } from '../check'

const folds = 5

const below = (limit: number) => ({
  text: `< ${limit.toFixed(4)}, masked Tucker's`,
  passes: (value: number) => value < limit,
})

const covering = {
  text: '0.92 to 0.98',
  passes: (value: number) => value >= 0.92 && value <= 0.98,
}

/** PM2.5 readings over temperature, pressure and time: functions of coordinates against rows of numbers. */
function beijing(grid: string): Check {
  const file = `tensors/beijing_pm25_${grid}.csv.gz`
  return {
    name: `Beijing PM2.5 on ${grid.replaceAll('x', ' × ')}: FunBaT against masked Tucker, ${folds} folds, ranks 3, all else by default`,
    missing: () => {
      const missing = missingSharedData([file])
      return missing.length === 0 ? null : missingWords(missing)
    },
    async measure(workspace) {
      const path = sharedData(file)
      if (path === null) throw new Error(`${file} is gone.`)
      const tensor = await scatteredTensor(workspace, 'beijing', await readLongTable(path, 3))
      const run = async (id: string, fold: number) => {
        const { params, check, solve } = findMethod(id)
        const parameters = params.parse({ fold })
        check({ tensor }, parameters)
        const start = performance.now()
        const { figures, iterations } = await solve({ tensor }, parameters, await workspace.solve())
        const value = (name: string) => figures[name] ?? Number.NaN
        return { value, iterations, seconds: (performance.now() - start) / 1000 }
      }
      const found: Figure[] = []
      for (let fold = 1; fold <= folds; fold += 1) {
        const masked = await run('masked-tucker', fold)
        const functional = await run('funbat', fold)
        const name = (what: string) => `fold ${fold}: ${what}`
        found.push(
          figure(name('RMSE'), functional.value('holdOutRmse'), below(masked.value('holdOutRmse'))),
          figure(name('coverage of 95 % intervals'), functional.value('coverage95'), covering),
          figure(name('time'), functional.seconds, atMost(60, ' s'), seconds(functional.seconds)),
          forTheRecord(name('interval factor'), functional.value('intervalFactor')),
          forTheRecord(name('rounds'), functional.iterations),
          forTheRecord(name('MAE'), functional.value('holdOutMae')),
          forTheRecord(name('NLPD'), functional.value('nlpd')),
          forTheRecord(name('load average'), loadavg()[0] ?? Number.NaN),
          forTheRecord(name('RMSE of the mean'), functional.value('meanImputationRmse')),
          forTheRecord(name('ridge of masked Tucker'), masked.value('ridge')),
          forTheRecord(name('time of masked Tucker'), masked.seconds, seconds(masked.seconds)),
        )
      }
      return found
    },
  }
}

/** FunBaT on either grid. */
export const functionalOnBeijing: readonly Check[] = ['50x50x150', '428x501x1461'].map(beijing)
