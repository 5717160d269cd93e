import { join } from 'node:path'
import { generateSystem, solveWith } from '../../measurement/sparse-system'
import { readNpy, type Workspace } from '../../measurement/workspace'
import { seconds, type Benchmark, type Measurement } from '../benchmark'

/** Quantities of a method in its table, by their places. */
const quantity = { iterations: 0, milliseconds: 2, residual: 5, missed: 6 }
const quantities = 9

/** Methods by the order of the table. */
const methods = ['GMRES(40)', 'GCRO-DR', 'SKR', 'CG with recycling', 'sparse LU', 'AMG-CG']
const systems = 100

interface Sequence {
  name: string
  generator: string
  parameters: Record<string, unknown>
  /** The first systems that GMRES solves: it keeps nothing from one to the next, so that fewer tell its mean as well. */
  baseline: number
}

/** What recycling on a sorted sequence gains over restarted GMRES, in one table with whatever else solves it. */
function comparison({ name, generator, parameters, baseline }: Sequence): Benchmark {
  /** A row a method, over the first `count` systems of the sequence. */
  async function table(workspace: Workspace, count: number, taking: Record<string, boolean>) {
    const matrix = await generateSystem(workspace, generator, { ...parameters, systems: count }, 1)
    const { folder } = await solveWith(workspace, 'solve-sequence', matrix, taking)
    const { values } = await readNpy(join(folder, 'methods.npy'))
    return Array.from({ length: values.length / quantities }, (_, method) =>
      values.slice(method * quantities, (method + 1) * quantities),
    )
  }

  async function wholeTable(workspace: Workspace) {
    const others = { unsorted: false, sorted: false, conjugate: false, direct: false, multigrid: false }
    const gmres = await table(workspace, baseline, others)
    return [...gmres, ...(await table(workspace, systems, { gmres: false }))]
  }

  return {
    name: `SKR on ${systems} systems: ${name}`,
    peers: [],
    missing: () => null,
    async measure(workspace) {
      const rows = await wholeTable(workspace)
      const of = (method: string, place: keyof typeof quantity) =>
        rows[methods.indexOf(method)]?.[quantity[place]] ?? Number.NaN
      // Where GMRES gave up, what is gained over it is a lower bound.
      const bound = of('GMRES(40)', 'missed') > 0 ? 'at least ' : ''
      const gain = (title: string, place: keyof typeof quantity, least: number): Measurement => {
        const value = of('GMRES(40)', place) / of('SKR', place)
        return {
          ...{ name: `SKR: ${title} than GMRES(40)`, value, text: `${bound}${value.toFixed(1)} times` },
          ...{ mark: `≥ ${least} times`, passed: value >= least && of('SKR', 'missed') === 0, times: {} },
        }
      }
      return [
        gain('fewer iterations', 'iterations', 20),
        gain('less time', 'milliseconds', 6),
        ...methods.map((method): Measurement => {
          const time = of(method, 'milliseconds') / 1000
          const figures = [
            `${seconds(time)} a system, ${of(method, 'iterations').toFixed(1)} iterations`,
            `residual at most ${of(method, 'residual').toExponential(1)}, ${of(method, 'missed')} missed`,
            ...(method === 'GMRES(40)' ? [`on the first ${baseline}`] : []),
          ]
          return { name: method, value: time, text: figures.join(', '), mark: null, passed: null, times: {} }
        }),
      ]
    },
  }
}

/** Sequences of Darcy flow and of waves whose operator is indefinite. GMRES takes seconds to minutes a system there. */
export const sequences: readonly Benchmark[] = [
  {
    name: 'Darcy, n = 10,000',
    generator: 'darcy',
    parameters: { shape: [100, 100] },
    baseline: 20,
  },
  {
    name: 'Darcy, n = 40,000',
    generator: 'darcy',
    parameters: { shape: [200, 200] },
    baseline: 5,
  },
  {
    name: 'indefinite Helmholtz, n = 10,000',
    generator: 'helmholtz',
    parameters: {
      ...{ shape: [100, 100], boundary: 'dirichlet', order: 'random' },
      ...{ wavenumber: 20, lastWavenumber: 21 },
    },
    baseline: 20,
  },
].map(comparison)
