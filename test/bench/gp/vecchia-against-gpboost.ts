import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { readWhole } from '../../../src/main/formats'
import { findMethod } from '../../../src/main/methods'
import type { TableValue } from '../../../src/shared/method'
import { missingSharedData, missingWords } from '../../shared-data-files'
import { benchmarkFiles, benchmarkTable } from '../../measurement/regression-table'
import { runPython } from '../../measurement/python'
import type { Workspace } from '../../measurement/workspace'
import { inTurn, ratio, secondsOf, type Benchmark, type Measurement, type Peer } from '../benchmark'

const gpboost: Peer = { name: 'GPBoost', modules: ['numpy', 'gpboost'], packages: ['gpboost'] }

/** As many for both, in the likelihood and in predictions: GPBoost's default. */
const neighbours = 20

interface Peers {
  seconds: number
  nlpd: number
  rmse: number
  version: string
  settings: string
}

/** The first split of kin40k, standardised on its training rows, for the peer. */
async function standardised(
  workspace: Workspace,
  table: TableValue,
): Promise<{ train: string; test: string }> {
  const [rows = 0, columns = 0] = table.source.shape
  const { values } = await readWhole(table.source)
  const splits = table.parts['splits']
  if (splits === undefined) throw new Error('kin40k has lost its splits.')
  const { values: held } = await readWhole(splits)
  const width = splits.shape[1] ?? 1
  const training = Array.from({ length: rows }, (_, row) => row).filter((row) => held[row * width] === 0)
  const moments = Array.from({ length: columns }, (_, column) => {
    const own = training.map((row) => values[row * columns + column] ?? 0)
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length
    return { mean, deviation: Math.sqrt(variance) }
  })
  const write = async (name: string, wanted: (row: number) => boolean) => {
    const chosen = Array.from({ length: rows }, (_, row) => row).filter(wanted)
    const scaled = chosen.flatMap((row) =>
      moments.map(
        ({ mean, deviation }, column) => ((values[row * columns + column] ?? 0) - mean) / deviation,
      ),
    )
    return (await workspace.write(name, [chosen.length, columns], Float64Array.from(scaled))).path
  }
  return {
    train: await write('kin40k-train.npy', (row) => held[row * width] === 0),
    test: await write('kin40k-test.npy', (row) => held[row * width] !== 0),
  }
}

/** The full likelihood of kin40k and its predictions, ours and the peer's in turn. */
export const vecchiaAgainstGpboost: Benchmark = {
  name: `Vecchia on kin40k with ${neighbours} neighbours: fit and 4,000 predictions`,
  peers: [gpboost],
  missing: () => {
    const missing = missingSharedData(benchmarkFiles('kin40k'))
    return missing.length === 0 ? null : missingWords(missing)
  },
  async measure(workspace, installed) {
    const table = await benchmarkTable(workspace, 'kin40k')
    const { params, solve } = findMethod('vecchia-gp')
    const parameters = params.parse({
      ...{ kernel: 'matern32', neighbours, predictionNeighbours: neighbours },
      ...{ holdOut: 'split', splitNumber: 1 },
    })
    let own = Number.NaN
    const ours = () =>
      secondsOf(async () => {
        own = (await solve({ table }, parameters, await workspace.solve())).figures['standardisedNlpd'] ?? own
      })
    if (!installed(gpboost)) {
      const times = { ours: [await ours()] }
      return [record('seconds of ours', times.ours[0] ?? Number.NaN, times), record('NLPD of ours', own, {})]
    }
    const { train, test } = await standardised(workspace, table)
    let peer: Peers = {
      ...{ seconds: Number.NaN, nlpd: Number.NaN, rmse: Number.NaN },
      ...{ version: '', settings: '' },
    }
    const script = resolve(import.meta.dirname, 'vecchia_peer.py')
    const times = await inTurn(1, ours, () => {
      peer = JSON.parse(runPython([script, train, test, `${neighbours}`], availableParallelism())) as Peers
      return Promise.resolve(peer.seconds)
    })
    return [
      ratio(
        `ours reads the table, calibrates and writes the model; GPBoost ${peer.version}, ${peer.settings}`,
        times,
        2,
      ),
      {
        name: 'NLPD',
        value: own,
        text: `${own.toFixed(4)} against ${peer.nlpd.toFixed(4)}`,
        mark: 'no higher than theirs',
        passed: own <= peer.nlpd,
        times: {},
      },
    ]
  },
}

function record(name: string, value: number, times: Record<string, number[]>): Measurement {
  return { name, value, text: value.toPrecision(4), mark: null, passed: null, times }
}
