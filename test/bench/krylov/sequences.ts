import { join } from 'node:path'
import { generateSystem, solveWith } from '../../measurement/sparse-system'
import { readNpy } from '../../measurement/workspace'
import { seconds, type Benchmark, type Measurement } from '../benchmark'

/** Places of the quantities of a method in its table. */
const quantity = { iterations: 0, milliseconds: 2, residual: 5, missed: 6, fewer: 7, faster: 8 }
const quantities = 9

/** Methods by the order of the table. */
const methods = ['GMRES(40)', 'GCRO-DR', 'SKR', 'CG with recycling', 'sparse LU', 'AMG-CG']

/** What recycling on a sorted sequence gains over restarted GMRES, in one table with whatever else solves it. */
function sequence(name: string, generator: string, parameters: Record<string, unknown>): Benchmark {
  return {
    name: `SKR on 100 systems: ${name}`,
    peers: [],
    missing: () => null,
    async measure(workspace) {
      const matrix = await generateSystem(workspace, generator, { systems: 100, ...parameters }, 1)
      const solved = await solveWith(workspace, 'solve-sequence', matrix)
      const { values } = await readNpy(join(solved.folder, 'methods.npy'))
      const of = (method: number, at: number) => values[method * quantities + at] ?? Number.NaN
      const skr = methods.indexOf('SKR')
      const marked = (title: string, value: number, least: number): Measurement => ({
        ...{ name: title, value, text: `${value.toFixed(1)} times`, mark: `≥ ${least} times` },
        ...{ passed: value >= least && of(skr, quantity.missed) === 0, times: {} },
      })
      return [
        marked('SKR: fewer iterations than GMRES(40)', of(skr, quantity.fewer), 20),
        marked('SKR: less time than GMRES(40)', of(skr, quantity.faster), 6),
        ...methods.map((method, at): Measurement => {
          const time = of(at, quantity.milliseconds) / 1000
          const iterations = of(at, quantity.iterations).toFixed(1)
          const missed = of(at, quantity.missed)
          const residual = of(at, quantity.residual).toExponential(1)
          const text = `${seconds(time)} a system, ${iterations} iterations, residual at most ${residual}, ${missed} missed`
          return { name: method, value: time, text, mark: null, passed: null, times: {} }
        }),
      ]
    },
  }
}

/** Sequences of Darcy flow and of waves whose operator is indefinite. */
export const sequences: readonly Benchmark[] = [
  sequence('Darcy, n = 10,000', 'darcy', { shape: [100, 100] }),
  sequence('Darcy, n = 40,000', 'darcy', { shape: [200, 200] }),
  sequence('indefinite Helmholtz, n = 10,000', 'helmholtz', {
    ...{ shape: [100, 100], boundary: 'dirichlet', order: 'random' },
    ...{ wavenumber: 20, lastWavenumber: 21 },
  }),
]
