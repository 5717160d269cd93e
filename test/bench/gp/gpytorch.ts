import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { findMethod } from '../../../src/main/methods'
import type { TableValue } from '../../../src/shared/method'
import { runPython } from '../../measurement/python'
import { benchmarkFiles, benchmarkTable } from '../../measurement/regression-table'
import { readNpy, type Workspace } from '../../measurement/workspace'
import { missingSharedData, missingWords } from '../../shared-data-files'
import { ratio, type Benchmark, type Measurement, type Peer } from '../benchmark'

const gpytorch: Peer = {
  name: 'GPyTorch',
  modules: ['numpy', 'torch', 'gpytorch'],
  packages: ['numpy', 'torch', 'gpytorch'],
}

const points = 500

/** As the peer has it: points that begin at rows picked without looking and move from there, and nothing but the objective
 * to be reached. */
const alike = { selection: 'random', calibrate: false }
const printedSchema = z.object({ seconds: z.number(), objective: z.number() })

/** The rows of the first split that are fitted, standardised, and as many of them as there are inducing points. */
async function peerFiles(workspace: Workspace, table: TableValue): Promise<{ rows: string; points: string }> {
  const { values, shape } = await readNpy(table.source.path)
  const mask = await readNpy(table.parts['splits']?.path ?? '')
  const [rowCount = 0, columns = 0] = shape
  const splits = mask.shape[1] ?? 1
  const fitted = Array.from({ length: rowCount }, (_, row) => row).filter(
    (row) => mask.values[row * splits] === 0,
  )
  const standardised = new Float64Array(fitted.length * columns)
  for (let column = 0; column < columns; column += 1) {
    const own = fitted.map((row) => values[row * columns + column] ?? 0)
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length
    const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length)
    own.forEach((value, row) => (standardised[row * columns + column] = (value - mean) / deviation))
  }
  // Every so many rows: the saved splits are in no order of the inputs.
  const inputs = columns - 1
  const first = new Float64Array(points * inputs)
  const step = Math.floor(fitted.length / points)
  for (let point = 0; point < points; point += 1) {
    const row = point * step * columns
    first.set(standardised.subarray(row, row + inputs), point * inputs)
  }
  const rows = await workspace.write('peer-rows.npy', [fitted.length, columns], standardised)
  return { rows: rows.path, points: (await workspace.write('peer-points.npy', [points, inputs], first)).path }
}

function peer(files: { rows: string; points: string }, which: 'sgpr' | 'svgp', count: number) {
  const script = resolve(import.meta.dirname, 'peers.py')
  const printed = runPython([script, which, files.rows, files.points, `${count}`], availableParallelism())
  return printedSchema.parse(JSON.parse(printed))
}

/** Ours, with the second at which its trace first came down to a value. */
async function ours(
  workspace: Workspace,
  table: TableValue,
  method: string,
  choices: Record<string, unknown>,
  wanted: number,
): Promise<{ seconds: number; reachedAfter: number | null; figures: Record<string, number> }> {
  const { params, solve } = findMethod(method)
  const parameters = params.parse({ holdOut: 'split', points, ...choices })
  const start = performance.now()
  const elapsed = () => (performance.now() - start) / 1000
  let reachedAfter: number | null = null
  const context = await workspace.solve(1)
  const { figures } = await solve({ table }, parameters, {
    ...context,
    onProgress: ({ rows }) => {
      if (reachedAfter === null && rows.some(([, objective = Infinity]) => objective <= wanted)) {
        reachedAfter = elapsed()
      }
    },
  })
  return { seconds: elapsed(), reachedAfter, figures }
}

function reached(name: string, own: number, theirs: number): Measurement {
  return {
    name,
    value: own,
    text: `${own.toFixed(4)} against ${theirs.toFixed(4)}`,
    mark: 'no higher than theirs',
    passed: own <= theirs,
    times: {},
  }
}

const missing = () => {
  const absent = missingSharedData(benchmarkFiles('kin40k'))
  return absent.length === 0 ? null : missingWords(absent)
}

/** SGPR until it is as low as GPyTorch's after a hundred steps. */
export const sgprAgainstGpytorch: Benchmark = {
  name: `SGPR with ${points} inducing points on kin40k, against GPyTorch`,
  peers: [gpytorch],
  missing,
  async measure(workspace, installed) {
    if (!installed(gpytorch)) return []
    const table = await benchmarkTable(workspace, 'kin40k')
    const theirs = peer(await peerFiles(workspace, table), 'sgpr', 100)
    const own = await ours(
      workspace,
      table,
      'sgpr',
      { ...alike, movePoints: true, maxIterations: 100 },
      theirs.objective,
    )
    const time = own.reachedAfter ?? Infinity
    return [
      ratio(
        'time to the objective that GPyTorch has after 100 steps of Adam (ours reads the file too)',
        { ours: [time], theirs: [theirs.seconds] },
        3,
      ),
      reached('objective for each row at the end of ours', own.figures['objective'] ?? NaN, theirs.objective),
    ]
  },
}

/** SVGP and GPyTorch over the same number of passes. */
export const svgpAgainstGpytorch: Benchmark = {
  name: `SVGP with ${points} inducing points on kin40k, against GPyTorch`,
  peers: [gpytorch],
  missing,
  async measure(workspace, installed) {
    if (!installed(gpytorch)) return []
    const epochs = 10
    const table = await benchmarkTable(workspace, 'kin40k')
    const theirs = peer(await peerFiles(workspace, table), 'svgp', epochs)
    const own = await ours(workspace, table, 'svgp', { ...alike, epochs }, -Infinity)
    return [
      ratio(
        `${epochs} passes over the rows in minibatches of 512 (ours reads, predicts and writes too)`,
        { ours: [own.seconds], theirs: [theirs.seconds] },
        1,
      ),
      reached(
        'negative bound for each row, over all rows',
        own.figures['objective'] ?? NaN,
        theirs.objective,
      ),
    ]
  },
}

/** SWSGP and SVGP with the same many inducing points over the same number of passes. */
export const swsgpAgainstSvgp: Benchmark = {
  name: 'SWSGP against SVGP, both with 2,000 inducing points on kin40k',
  peers: [],
  missing,
  async measure(workspace) {
    const table = await benchmarkTable(workspace, 'kin40k')
    // As many passes of both; SVGP takes minutes for them.
    const choices = { points: 2000, epochs: 10 }
    const near = await ours(workspace, table, 'swsgp', choices, -Infinity)
    const whole = await ours(workspace, table, 'svgp', choices, -Infinity)
    const nlpd = (figures: Record<string, number>) => figures['standardisedNlpd'] ?? NaN
    const worse = nlpd(near.figures) - nlpd(whole.figures)
    return [
      ratio('fit and 4,000 predictions', { ours: [near.seconds], theirs: [whole.seconds] }, 3),
      {
        name: 'NLPD of standardised targets, SWSGP against SVGP',
        value: worse,
        text: `${nlpd(near.figures).toFixed(4)} against ${nlpd(whole.figures).toFixed(4)}`,
        mark: 'higher by at most 0.02',
        passed: worse <= 0.02,
        times: {},
      },
    ]
  },
}
