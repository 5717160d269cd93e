import { join } from 'node:path'
import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, output } from '../../../shared/method'
import { reshapeNpy } from '../../formats'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import {
  fixedPreconditioners,
  preconditionerParameters,
  restartParameter,
  stoppingParameters,
} from './solve-parameters'
import { partAxis, plainAxis, solutionAxes, solveSystemParams } from './solve-system'
import { systemCount, systemInput } from './system-input'

const contenders = 'Methods compared'

const quantities = [
  'iterations',
  'products with A',
  'time (ms)',
  'set-up (ms)',
  'total (s)',
  'residual',
  'missed',
  '× fewer iterations',
  '× less time',
]

/** A sequence of systems, solved with recycling, sorted or not, beside GMRES, a direct solver and multigrid. */
export const solveSequence = defineMethod({
  id: 'solve-sequence',
  family: 'krylov',
  version: 1,
  title: 'Solve a sequence (SKR)',
  summary:
    'Systems that resemble each other, solved one after the other with a recycled Krylov space and in an order by similarity; GMRES, recycling CG, sparse LU and AMG-CG beside it in one table.',
  equations: [
    {
      latex: String.raw`\mathbf A^{(i)} \mathbf U = \mathbf C, \quad \mathbf C^{\mathsf H} \mathbf C = \mathbf I, \qquad (\mathbf I - \mathbf C \mathbf C^{\mathsf H})\, \mathbf A^{(i)} \mathbf M^{-1} \mathbf V_m = \mathbf V_{m+1} \bar{\mathbf H}_m`,
      caption:
        'GCRO-DR: U is the kept space, adapted to each new matrix. Arnoldi works on what C leaves, and the residual is the least over both spaces.',
    },
    {
      latex: String.raw`\mathbf A = \mathbf A^{\mathsf H},\ \mathbf M = \mathbf I: \qquad \beta_{j+1} \mathbf v_{j+1} = (\mathbf I - \mathbf C \mathbf C^{\mathsf H})\, \mathbf A \mathbf v_j - \alpha_j \mathbf v_j - \beta_j \mathbf v_{j-1}`,
      caption:
        'For a Hermitian matrix without preconditioner Arnoldi is the recurrence of Lanczos: the same iterates as before, but a step is kept away from C and from two vectors alone, whatever the length of the cycle.',
    },
    {
      latex: String.raw`\bar{\mathbf G}^{\mathsf H} \bar{\mathbf G}\, \mathbf z = \theta\, \bar{\mathbf G}^{\mathsf H} \hat{\mathbf W}^{\mathsf H} \hat{\mathbf V}\, \mathbf z`,
      caption:
        'After each cycle the k harmonic Ritz vectors of smallest |θ| are kept: the directions that hold the convergence up.',
    },
    {
      latex: String.raw`i_{j+1} = \arg\min_{i \notin \{i_1, \dots, i_j\}} \lVert \mathbf p^{(i)} - \mathbf p^{(i_j)} \rVert_2`,
      caption:
        'Sorting: from system to system the nearest by parameters, so that the kept space fits the next one.',
    },
  ],
  documentation: `
## When to use it
For tens to thousands of systems of one size that vary with parameters: uncertainty studies, time steps, training data for neural operators.

## What to look out for
- **Look at the whole table.** Recycling gains much over restarted GMRES. For Hermitian positive definite systems CG with recycling does the same for less, and AMG-CG, in the plane a sparse factorisation too, is often faster than all; the table says who wins on your sequence.
- **What SKR is here**: the systems sorted by their parameters, then GCRO-DR(m, k) whose space goes on from system to system, started from nought but for the projection on that space. GMRES starts from nought too.
- **Not all of the gain is recycling.** Restarts cost GMRES(40) most of its iterations on such matrices: MINRES or CG, which need none, take a sixth of them on a Darcy system of 10,000 unknowns before anything is recycled.
- **Iterations are Arnoldi steps.** Adapting the kept space to a new matrix costs k products more a system; the column of products has them.
- **Every residual is recomputed** the same way for all methods; a system that misses the tolerance is counted.
- **Sorting** helps where neighbours in the given order are unlike. It needs the parameters of the systems.
- **A shorter step for Hermitian systems** without preconditioner needs vectors of Lanczos that are orthogonal; where they no longer are, only the part of the cycle before is used to renew the kept space, and every residual is recomputed between cycles.
- **Memory**: m + 2k vectors as long as x, and m more with a preconditioner.
- **The preconditioner** is that of GMRES, of GCRO-DR and of CG with recycling alike; the last needs one that is positive definite.
- **CG breaks down** on sequences that are not positive definite, such as Helmholtz problems; the table counts the systems that it missed.
`.trim(),
  cite: [
    {
      authors: 'Parks, de Sturler, Mackey, Johnson, Maiti',
      title: 'Recycling Krylov subspaces for sequences of linear systems',
      year: 2006,
      venue: 'SIAM Journal on Scientific Computing 28(5)',
      doi: '10.1137/040607277',
    },
    {
      authors: 'Wang, de Sturler, Paulino',
      title: 'Large-scale topology optimization using preconditioned Krylov subspace methods with recycling',
      year: 2007,
      venue: 'International Journal for Numerical Methods in Engineering 69(12)',
      doi: '10.1002/nme.1798',
    },
    {
      authors: 'Saad, Yeung, Erhel, Guyomarc’h',
      title: 'A deflated version of the conjugate gradient algorithm',
      year: 2000,
      venue: 'SIAM Journal on Scientific Computing 21(5)',
      doi: '10.1137/S1064829598339761',
    },
    {
      authors: 'Wang, Hao, Wang, Geng, Wang, Luo, Wu',
      title: 'Accelerating data generation for neural operators via Krylov subspace recycling',
      year: 2024,
      venue: 'ICLR',
      arxiv: '2401.09516',
    },
  ],
  inputs: { matrix: input.matrix({ title: 'Sequence', help: 'Systems of one size with their parameters.' }) },
  params: z.object({
    cycleLength: z.int().min(2).max(2000).default(160).meta({
      title: 'Vectors of a cycle',
      symbol: 'm',
      help: 'Of GCRO-DR, the kept ones among them.',
    }),
    recycled: z.int().min(1).max(1000).default(80).meta({
      title: 'Vectors kept',
      symbol: 'k',
      help: 'From cycle to cycle and from system to system; about half of a cycle.',
    }),
    restart: restartParameter,
    relativeTolerance: stoppingParameters.relativeTolerance,
    maxIterations: stoppingParameters.maxIterations.default(20_000),
    ...preconditionerParameters(fixedPreconditioners, 'none'),
    gmres: z.boolean().default(true).meta({ title: 'GMRES', group: contenders }),
    unsorted: z.boolean().default(true).meta({ title: 'GCRO-DR in the given order', group: contenders }),
    sorted: z.boolean().default(true).meta({ title: 'GCRO-DR sorted (SKR)', group: contenders }),
    conjugate: z.boolean().default(true).meta({
      title: 'CG with recycling',
      help: 'Deflated CG that chooses from its directions what to keep; for Hermitian positive definite systems.',
      group: contenders,
    }),
    direct: z.boolean().default(true).meta({ title: 'Sparse LU', group: contenders }),
    multigrid: z.boolean().default(true).meta({ title: 'AMG-CG', group: contenders }),
  }),
  outputs: {
    methods: output.table({
      title: 'Methods',
      help: 'Iterations, products, time and set-up are means over the systems; total is the time of all of them, residual the worst true one, missed counts systems above the tolerance, × is against GMRES. Reading the files is in no time.',
    }),
    iterations: output.series({
      title: 'Iterations of each system',
      axisScales: { horizontal: 'linear', vertical: 'logarithmic' },
    }),
    seconds: output.series({
      title: 'Time of each system',
      unit: 's',
      axisScales: { horizontal: 'linear', vertical: 'logarithmic' },
    }),
    order: output.series({
      title: 'Order by similarity',
      optional: true,
      help: 'Number of the system that is solved at each place.',
    }),
    solutions: output.field({
      title: 'Solutions',
      optional: true,
      help: 'One of every system, on the grid of the unknowns where they lie on one, by the last method that met the tolerance; nought where none did.',
    }),
    progress: output.trace({
      title: 'Systems solved',
      help: 'A row a system, method after method.',
      columns: [
        { name: 'system', title: 'System', unit: null, logarithmic: false },
        { name: 'iterations', title: 'Iterations', unit: null, logarithmic: true },
        { name: 'seconds', title: 'Time', unit: 's', logarithmic: true },
        { name: 'trueResidual', title: 'True residual, recomputed', unit: null, logarithmic: true },
      ],
    }),
  },
  check: ({ matrix }, { cycleLength, recycled, sorted }) => {
    if (systemCount(matrix) < 2)
      throw new FiligreeError(
        'invalid-data',
        `'${matrix.dataset.name}' is a single system. Import a sequence, or solve it by itself.`,
        { field: 'matrix' },
      )
    if (recycled >= cycleLength)
      throw new FiligreeError(
        'invalid-parameter',
        `${recycled} vectors are to be kept out of cycles of ${cycleLength}; keep fewer than that, about half.`,
        { field: 'recycled' },
      )
    if (sorted && matrix.parts['parameters'] === undefined)
      throw new FiligreeError(
        'invalid-parameter',
        `'${matrix.dataset.name}' came without the parameters of its systems. Leave the sorted method out, or import them with it.`,
        { field: 'sorted' },
      )
  },
  solve: async ({ matrix }, parameters, context) => {
    const { relativeTolerance, maxIterations, restart, cycleLength, recycled } = parameters
    const { gmres, unsorted, sorted, conjugate, direct, multigrid } = parameters
    const { preconditioner } = solveSystemParams('gmres', { ...parameters, system: 1 }, [])
    const params = {
      ...{ relativeTolerance, maxIterations, restart, cycle: cycleLength, recycled, preconditioner },
      ...{ gmres, unsorted, sorted, conjugate, direct, multigrid },
    }
    const info = await callNative(context, (native, nativeContext) =>
      native.solveSequence(systemInput(matrix), params, nativeContext),
    )
    const names = contenderNames(parameters)
    const methodAxis = { ...plainAxis('method', names.length), labels: names }
    const systems = plainAxis('system', systemCount(matrix))
    const parts = matrix.source.dtype.startsWith('complex') ? [partAxis] : []
    const numbered = { ...systems, coordinates: Array.from({ length: systems.size }, (_, at) => at + 1) }
    const grid = solutionAxes(matrix)
    if (info.files.includes('solutions.npy')) {
      const shape = [...parts, systems, ...grid].map(({ size }) => size)
      await reshapeNpy(join(context.folder, 'solutions.npy'), shape)
    }
    return solveResult(info, [
      {
        name: 'methods',
        axes: [methodAxis, { ...plainAxis('quantity', quantities.length), labels: quantities }],
      },
      { name: 'iterations', axes: [numbered, methodAxis] },
      { name: 'seconds', axes: [numbered, methodAxis] },
      { name: 'order', axes: [{ ...numbered, name: 'place' }] },
      {
        name: 'solutions',
        axes: [...parts, numbered, ...grid],
      },
    ])
  },
})

/** Names of the methods that take part, in the order of the addon. */
function contenderNames({
  cycleLength,
  recycled,
  restart,
  ...part
}: Record<'cycleLength' | 'recycled' | 'restart', number> &
  Record<'gmres' | 'unsorted' | 'sorted' | 'conjugate' | 'direct' | 'multigrid', boolean>): string[] {
  const recycling = `GCRO-DR(${cycleLength}, ${recycled})`
  return [
    ...(part.gmres ? [`GMRES(${restart})`] : []),
    ...(part.unsorted ? [recycling] : []),
    ...(part.sorted ? [`SKR: ${recycling} sorted`] : []),
    ...(part.conjugate ? [`CG recycling ${recycled} of ${cycleLength}`] : []),
    ...(part.direct ? ['Sparse LU'] : []),
    ...(part.multigrid ? ['AMG-CG'] : []),
  ]
}
