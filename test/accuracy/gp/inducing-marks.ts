import { findMethod } from '../../../src/main/methods'
import type { TableValue } from '../../../src/shared/method'
import { seconds } from '../../bench/benchmark'
import { benchmarkFiles, benchmarkTable } from '../../measurement/regression-table'
import type { Workspace } from '../../measurement/workspace'
import { missingSharedData, missingWords } from '../../shared-data-files'
import { atLeast, atMost, figure, forTheRecord, within, type Check, type Figure } from '../check'

type BenchmarkName = 'elevators' | 'kin40k' | 'bike'

const splits = 10
const covering = within(0.95, 0.01)
/** The columns that leak the target of bike, counted from zero. */
const leaks = { 15: 'unused', 16: 'unused' } as const

const missingBenchmark = (name: BenchmarkName) => () => {
  const missing = missingSharedData(benchmarkFiles(name))
  return missing.length === 0 ? null : missingWords(missing)
}

const tableOf = (workspace: Workspace, name: BenchmarkName) =>
  benchmarkTable(workspace, name, name === 'bike' ? leaks : {})

/** A fit by default parameters but for those given, and what it says of the rows held out. */
async function fitted(
  workspace: Workspace,
  table: TableValue,
  method: string,
  choices: Record<string, unknown>,
): Promise<{ value: (of: string) => number; iterations: number; seconds: number }> {
  const { params, check, solve } = findMethod(method)
  const parameters = params.parse({ ...choices, holdOut: 'split' })
  check({ table }, parameters)
  const start = performance.now()
  const { figures, iterations } = await solve({ table }, parameters, await workspace.solve(1))
  const value = (of: string) => figures[of] ?? Number.NaN
  return { value, iterations, seconds: (performance.now() - start) / 1000 }
}

/** A method on the first saved split of a benchmark. */
function onFirstSplit(
  name: BenchmarkName,
  method: string,
  choices: Record<string, unknown>,
  rmse: number | null,
  calibrated: boolean,
): Check {
  return {
    name: `${name}, first split: ${findMethod(method).description.title}`,
    missing: missingBenchmark(name),
    async measure(workspace) {
      const fit = await fitted(workspace, await tableOf(workspace, name), method, choices)
      const [error, coverage] = [fit.value('standardisedRmse'), fit.value('coverage95')]
      return [
        rmse === null
          ? forTheRecord('RMSE of standardised targets', error)
          : figure('RMSE of standardised targets', error, atMost(rmse)),
        forTheRecord('NLPD of standardised targets', fit.value('standardisedNlpd')),
        calibrated
          ? figure('coverage of 95 % intervals', coverage, covering)
          : forTheRecord('coverage of 95 % intervals', coverage),
        forTheRecord('iterations', fit.iterations, `${fit.iterations}`),
        forTheRecord('time', fit.seconds, seconds(fit.seconds)),
      ]
    },
  }
}

/** Fits that end soon: this is about intervals and aborts, not about errors. */
const swift = {
  sgpr: { points: 200, maxIterations: 25 },
  fitc: { points: 200, maxIterations: 25 },
  svgp: { points: 200, epochs: 8 },
  swsgp: { points: 400, neighbours: 32, epochs: 8 },
}

/** All engines with inducing points over ten splits of a benchmark. */
function overSplits(name: BenchmarkName): Check {
  return {
    name: `${name}${name === 'bike' ? ' without its leaks' : ''}: intervals of inducing points over ${splits} splits`,
    missing: missingBenchmark(name),
    async measure(workspace) {
      const table = await tableOf(workspace, name)
      const found: Figure[] = []
      for (const [method, choices] of Object.entries(swift)) {
        const start = performance.now()
        const coverages: number[] = []
        const before: number[] = []
        for (let splitNumber = 1; splitNumber <= splits; splitNumber += 1) {
          const fit = await fitted(workspace, table, method, { ...choices, splitNumber })
          coverages.push(fit.value('coverage95'))
          before.push(fit.value('leaveOutCoverage'))
        }
        const mean = (values: readonly number[]) =>
          values.reduce((sum, value) => sum + value, 0) / values.length
        const own = findMethod(method).description.title
        const ended = coverages.filter((value) => Number.isFinite(value)).length
        const time = (performance.now() - start) / 1000
        found.push(
          figure(`${own}: fits that ended`, ended, atLeast(splits), `${ended} of ${splits}`),
          figure(`${own}: coverage of 95 % intervals, mean`, mean(coverages), covering),
          forTheRecord(`${own}: lowest coverage`, Math.min(...coverages)),
          forTheRecord(`${own}: highest coverage`, Math.max(...coverages)),
          forTheRecord(`${own}: coverage before calibration, on rows kept back`, mean(before)),
          forTheRecord(`${own}: time`, time, seconds(time)),
        )
      }
      return found
    },
  }
}

/** The exact process as the referee, sparse regression with 500 inducing points, and intervals of every engine. */
export const inducingMarks: readonly Check[] = [
  onFirstSplit('elevators', 'exact-gp', {}, 0.362, false),
  onFirstSplit('kin40k', 'sgpr', { points: 500 }, 0.311, true),
  onFirstSplit('kin40k', 'fitc', { points: 500 }, 0.311, true),
  onFirstSplit('elevators', 'sgpr', { points: 500 }, null, true),
  onFirstSplit('bike', 'sgpr', { points: 500 }, null, true),
  overSplits('elevators'),
  overSplits('kin40k'),
  overSplits('bike'),
]
