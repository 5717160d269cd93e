import { findMethod } from '../../../src/main/methods'
import type { TableValue } from '../../../src/shared/method'
import { missingSharedData, missingWords } from '../../shared-data-files'
import { benchmarkFiles, benchmarkTable, regressionTable } from '../../measurement/regression-table'
import type { Workspace } from '../../measurement/workspace'
import { seconds } from '../../bench/benchmark'
import { atMost, figure, forTheRecord, within, type Check, type Figure } from '../check'

const splits = 10

interface Fit {
  value: (name: string) => number
  warnings: string[]
  seconds: number
}

/** A fit by default parameters, but for what is held out. */
async function fitted(
  workspace: Workspace,
  table: TableValue,
  choices: Record<string, unknown>,
  seed?: number,
): Promise<Fit> {
  const { params, check, solve } = findMethod('vecchia-gp')
  const parameters = params.parse(choices)
  check({ table }, parameters)
  const start = performance.now()
  const { figures, warnings } = await solve({ table }, parameters, await workspace.solve(seed))
  const value = (name: string) => figures[name] ?? Number.NaN
  return { value, warnings, seconds: (performance.now() - start) / 1000 }
}

const covering = within(0.95, 0.01)

/** Over ten splits by default parameters: errors on the first, coverage on the mean of all, and that none broke down. */
function benchmark(
  title: string,
  name: 'elevators' | 'kin40k' | 'bike',
  marks: { rmse: number; nlpd: number } | null,
  unused: readonly number[] = [],
  leaks = false,
): Check {
  return {
    name: `${title}: Vecchia by default, ${splits} splits`,
    missing: () => {
      const missing = missingSharedData(benchmarkFiles(name))
      return missing.length === 0 ? null : missingWords(missing)
    },
    async measure(workspace) {
      const roles = Object.fromEntries(unused.map((column) => [column, 'unused' as const]))
      const table = await benchmarkTable(workspace, name, roles)
      const found: Figure[] = []
      const broken: string[] = []
      const means = { RMSE: 0, NLPD: 0, coverage: 0 }
      for (let splitNumber = 1; splitNumber <= splits; splitNumber += 1) {
        const fit = await fitted(workspace, table, { holdOut: 'split', splitNumber }).catch(
          (cause: unknown) => {
            broken.push(cause instanceof Error ? cause.message : String(cause))
            return null
          },
        )
        if (fit === null) continue
        const own = {
          RMSE: fit.value('standardisedRmse'),
          NLPD: fit.value('standardisedNlpd'),
          coverage: fit.value('coverage95'),
        }
        means.RMSE += own.RMSE
        means.NLPD += own.NLPD
        means.coverage += own.coverage
        const at = (what: string) => `split ${splitNumber}: ${what}`
        const judged = splitNumber === 1 && marks !== null
        found.push(
          judged ? figure(at('RMSE'), own.RMSE, atMost(marks.rmse)) : forTheRecord(at('RMSE'), own.RMSE),
          judged ? figure(at('NLPD'), own.NLPD, atMost(marks.nlpd)) : forTheRecord(at('NLPD'), own.NLPD),
          forTheRecord(at('coverage'), own.coverage),
          forTheRecord(at('time'), fit.seconds, seconds(fit.seconds)),
        )
        if (leaks && splitNumber === 1) {
          const told = fit.warnings.filter((warning) => warning.startsWith('Leak')).length
          const mark = { text: 'at least one', passes: (count: number) => count > 0 }
          found.push(figure(at('warnings of a leak'), told, mark))
        }
      }
      const finished = splits - broken.length
      found.push(
        forTheRecord('RMSE, mean of the splits', means.RMSE / finished),
        forTheRecord('NLPD, mean of the splits', means.NLPD / finished),
        figure('coverage of 95 % intervals, mean of the splits', means.coverage / finished, covering),
        figure(
          'fits that broke down',
          broken.length,
          atMost(0),
          broken.length === 0 ? 'none' : `${broken.length}: ${broken[0] ?? ''}`,
        ),
      )
      return found
    },
  }
}

const satellite = 'regression/heaton_satellite.mat'

const draws = 5

/**
 * Land surface temperatures: 105,569 readings, of which 40 % are held out in blocks. Some draws leave out a region that
 * is like no other, so that coverage is judged on the mean of several.
 */
const modis: Check = {
  name: `MODIS temperatures, 40 % held out in blocks, ${draws} draws: Vecchia by default`,
  missing: () => {
    const missing = missingSharedData([satellite])
    return missing.length === 0 ? null : missingWords(missing)
  },
  async measure(workspace) {
    const table = await regressionTable(workspace, [satellite])
    const choices = { holdOut: 'blocks', holdOutShare: 0.4 }
    const fits: Fit[] = []
    for (let seed = 0; seed < draws; seed += 1) fits.push(await fitted(workspace, table, choices, seed))
    const longest = Math.max(...fits.map((fit) => fit.seconds))
    const mean = (name: string) => fits.reduce((sum, fit) => sum + fit.value(name), 0) / draws
    return [
      figure('longest time', longest, atMost(60, ' s'), seconds(longest)),
      figure('coverage of 95 % intervals, mean of the draws', mean('coverage95'), covering),
      ...fits.map((fit, draw) => forTheRecord(`draw ${draw + 1}: coverage`, fit.value('coverage95'))),
      forTheRecord('RMSE, mean of the draws', mean('rmse')),
      forTheRecord('NLPD, mean of the draws', mean('nlpd')),
      forTheRecord('rows held out, mean of the draws', mean('heldOutRows')),
    ]
  },
}

/** Vecchia's marks on the sets of the collection and on the satellite's. */
export const vecchiaMarks: readonly Check[] = [
  benchmark('elevators', 'elevators', { rmse: 0.363, nlpd: 0.407 }),
  benchmark('kin40k', 'kin40k', { rmse: 0.113, nlpd: -0.722 }),
  benchmark('bike without its leaks', 'bike', null, [15, 16]),
  benchmark('bike with its leaks', 'bike', null, [], true),
  modis,
]
