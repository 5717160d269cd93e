import { join, resolve } from 'node:path'
import { z } from 'zod'
import { findMethod } from '../../../src/main/methods'
import { seconds } from '../../bench/benchmark'
import { missingModules, runPython } from '../../measurement/python'
import { median } from '../../measurement/statistics'
import { readNpy, type Workspace } from '../../measurement/workspace'
import { atMost, figure, forTheRecord, type Check, type Figure } from '../check'
import { plantedDeviation, plantedTable, type PlantedKind } from './planted-likelihood'

/** What is lost beside the law that the rows were drawn by, in nats a row, with 900 rows to learn from. */
const most = 0.04

/** Small tables have few steps in a pass. */
const choices = { kernel: 'rbf', points: 60, epochs: 200 }

const refereeSchema = z.object({ nlpd: z.number() })

/** The deviations that were predicted beside the planted ones. */
async function noiseField(folder: string, inputs: (row: number) => number): Promise<Figure> {
  const { values, shape } = await readNpy(join(folder, 'holdOut.npy'))
  const [rows = 0, columns = 1] = shape
  const off = Array.from({ length: rows }, (_, row) => {
    const deviation = values[row * columns + 2] ?? Number.NaN
    const number = values[row * columns + columns - 1] ?? 0
    return Math.abs(Math.log(deviation / plantedDeviation(inputs(number))))
  })
  return figure('median error of the logarithm of the noise field', median(off), atMost(0.15))
}

/** Planted targets: the predictive density of rows held out comes near to that of the law they were drawn by. */
function recovered(kind: PlantedKind, method: 'svgp' | 'swsgp'): Check {
  return {
    name: `planted ${kind}: ${findMethod(method).description.title}`,
    missing: () => null,
    async measure(workspace: Workspace) {
      const { table, csv, nlpd } = await plantedTable(workspace, kind)
      const { params, check, solve } = findMethod(method)
      const parameters = params.parse({ ...choices, observation: kind, holdOut: 'split' })
      check({ table }, parameters)
      const start = performance.now()
      const context = await workspace.solve(1)
      const { figures } = await solve({ table }, parameters, context)
      const time = (performance.now() - start) / 1000
      const own = figures['nlpd'] ?? Number.NaN
      const found = [
        figure('NLPD above that of the law itself', own - nlpd, atMost(most)),
        forTheRecord('NLPD', own),
        forTheRecord('coverage of 95 % intervals', figures['coverage95'] ?? Number.NaN),
        forTheRecord('time', time, seconds(time)),
      ]
      if (kind === 'heteroscedastic') {
        const planted = await readNpy(table.source.path)
        const columns = planted.shape[1] ?? 1
        found.push(await noiseField(context.folder, (row) => planted.values[row * columns] ?? Number.NaN))
      }
      if (kind === 'bernoulli' && missingModules(['sklearn']).length === 0) {
        const script = resolve(import.meta.dirname, 'classifier_referee.py')
        const theirs = refereeSchema.parse(JSON.parse(runPython([script, csv]))).nlpd
        found.push(figure("NLPD above that of scikit-learn's classifier", own - theirs, atMost(0.01)))
      }
      return found
    },
  }
}

/** Likelihoods that are not normal, and noise that varies, on the engines that take them. */
export const likelihoodMarks: readonly Check[] = [
  recovered('bernoulli', 'svgp'),
  recovered('poisson', 'svgp'),
  recovered('student-t', 'svgp'),
  recovered('heteroscedastic', 'svgp'),
  recovered('bernoulli', 'swsgp'),
  recovered('poisson', 'swsgp'),
  recovered('student-t', 'swsgp'),
]
