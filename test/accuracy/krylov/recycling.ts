import { join } from 'node:path'
import { generateSystem, solveWith } from '../../measurement/sparse-system'
import { readNpy } from '../../measurement/workspace'
import { figure, type Check, type Figure } from '../check'

const sequences: [string, string, Record<string, unknown>][] = [
  ['Darcy, 48², 12 systems', 'darcy', { shape: [48, 48], systems: 12 }],
  [
    'indefinite Helmholtz, 48², 12 systems',
    'helmholtz',
    {
      ...{ shape: [48, 48], systems: 12, boundary: 'dirichlet', order: 'random' },
      ...{ wavenumber: 16, lastWavenumber: 17 },
    },
  ],
]

/** Recycling solves every system to the true residual, and its solutions are the same bytes on one and two threads. */
export const recycling: Check = {
  name: 'Recycling: every system to a true residual of 1e-8, the same bytes on 1 and on 2 threads',
  missing: () => null,
  async measure(workspace) {
    const figures: Figure[] = []
    for (const [name, generator, parameters] of sequences) {
      const matrix = await generateSystem(workspace, generator, parameters, 5)
      const alone = { gmres: false, conjugate: false, direct: false, multigrid: false }
      const run = (threads: number) => solveWith(workspace, 'solve-sequence', matrix, alone, 0, threads)
      const [one, two] = [await run(1), await run(2)]
      figures.push(
        figure(`${name}: largest true residual`, two.figure('trueResidual'), {
          text: '≤ 1e-8',
          passes: (value) => value <= 1e-8,
        }),
      )
      const left = await readNpy(join(one.folder, 'solutions.npy'))
      const right = await readNpy(join(two.folder, 'solutions.npy'))
      const different = left.values.filter((value, at) => !Object.is(value, right.values[at])).length
      figures.push(
        figure(`${name}: numbers of solutions that differ`, different, {
          text: '0',
          passes: (count) => count === 0,
        }),
      )
    }
    return figures
  },
}
