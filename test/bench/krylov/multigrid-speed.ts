import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { runPython } from '../../measurement/python'
import { generateSystem, solveWith } from '../../measurement/sparse-system'
import { median } from '../../measurement/statistics'
import type { Workspace } from '../../measurement/workspace'
import { bounded, ratio, seconds, type Benchmark, type Measurement, type Peer } from '../benchmark'

const pyamg: Peer = { name: 'PyAMG', modules: ['numpy', 'pyamg'], packages: ['numpy', 'pyamg'] }

const rounds = 3
const tolerance = 1e-8
const kinds = ['classical', 'aggregation'] as const

/** Set-up and solve of one kind of multigrid around conjugate gradients. */
interface Told {
  setup: number
  solve: number
  iterations: number
  residual: number
}

/** Poisson's equation to a true residual of 1e-8, against the better of PyAMG's two kinds of multigrid. */
export const multigridSpeed: Benchmark = {
  name: 'Multigrid around conjugate gradients against PyAMG, set-up and solve together',
  peers: [pyamg],
  missing: () => null,
  async measure(workspace, installed) {
    if (!installed(pyamg)) return []
    return [
      ...(await poisson(workspace, 'Poisson 1024²', [1024, 1024])),
      ...(await poisson(workspace, 'Poisson 100³', [100, 100, 100])),
    ]
  },
}

async function poisson(workspace: Workspace, name: string, shape: number[]): Promise<Measurement[]> {
  const matrix = await generateSystem(workspace, 'poisson', { shape, rightHandSide: 'ones' }, 0)
  const ours = async (kind: string): Promise<Told> => {
    const parameters = {
      preconditioner: `amg-${kind}`,
      relativeTolerance: tolerance,
      residualInterval: 0,
    }
    const { result, figure } = await solveWith(workspace, 'cg', matrix, parameters)
    return {
      setup: figure('setupSeconds'),
      solve: figure('solveSeconds'),
      iterations: result.iterations,
      residual: figure('trueResidual'),
    }
  }
  const theirs = (kind: string): Promise<Told> => {
    const script = resolve(import.meta.dirname, 'pyamg_poisson.py')
    return Promise.resolve(
      JSON.parse(runPython([script, kind, shape.join(',')], availableParallelism())) as Told,
    )
  }
  const runs = { ours: new Map<string, Told[]>(), theirs: new Map<string, Told[]>() }
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of kinds) {
      runs.ours.set(kind, [...(runs.ours.get(kind) ?? []), await ours(kind)])
      runs.theirs.set(kind, [...(runs.theirs.get(kind) ?? []), await theirs(kind)])
    }
  }
  const best = (side: Map<string, Told[]>) => [...side.values()].map(totals).sort(byMedian)[0] ?? []
  const residuals = [...runs.ours.values()].flat().map(({ residual }) => residual)
  return [
    ratio(
      `${name}: the better of two kinds on either side`,
      { ours: best(runs.ours), theirs: best(runs.theirs) },
      2,
    ),
    bounded(`${name}: largest true residual of ours`, Math.max(...residuals), tolerance, (value) =>
      value.toExponential(1),
    ),
    ...kinds.flatMap((kind) => [
      ...described(`${name}: ours, ${kind}`, runs.ours.get(kind) ?? []),
      ...described(`${name}: theirs, ${kind}`, runs.theirs.get(kind) ?? []),
    ]),
  ]
}

const totals = (told: readonly Told[]) => told.map(({ setup, solve }) => setup + solve)

const byMedian = (one: readonly number[], other: readonly number[]) => median(one) - median(other)

/** The median total of some runs, with its parts, for the record. */
function described(name: string, told: readonly Told[]): Measurement[] {
  const total = median(totals(told))
  const of = (part: 'setup' | 'solve') => seconds(median(told.map((run) => run[part])))
  const last = told.at(-1)
  const text = `${of('setup')} + ${of('solve')}, ${last?.iterations} iterations, residual ${last?.residual.toExponential(1)}`
  return [{ name, value: total, text, mark: null, passed: null, times: { total: totals(told) } }]
}
