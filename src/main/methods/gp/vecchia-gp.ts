import { z } from 'zod'
import { defineMethod, input } from '../../../shared/method'
import { readNpyHeader } from '../../formats'
import { callNative } from '../native'
import { join } from 'node:path'
import { fitResult } from './fit-artifacts'
import { gpOutputs, neighbourOutput } from './outputs'
import { holdOutParameters, modelParameters, optimiserParameters } from './parameters'
import { checkTable, inputNames, tableHoldOut, tableInput } from './table-input'

/** More neighbours than this make dense blocks that take longer than they are worth. */
const mostNeighbours = 1000

/** Vecchia's approximation: the first method to try on a table. */
export const vecchiaGp = defineMethod({
  id: 'vecchia-gp',
  family: 'gp',
  version: 1,
  title: 'Sparse inverse Cholesky (Vecchia)',
  summary:
    'Every row given its nearest neighbours: a Gaussian process for hundreds of thousands of rows, with the full likelihood and intervals calibrated on rows left out.',
  equations: [
    {
      latex: String.raw`p(\mathbf y) \approx \prod_{i=1}^{n} p\bigl(y_i \mid \mathbf y_{N(i)}\bigr), \qquad N(i) \subset \{1, \dots, i-1\}, \quad \lvert N(i) \rvert \le m`,
      caption:
        'y: target in maximin order; N(i): the nearest of the rows before row i, by distances in units of the length scales. With m = n − 1 it is exact.',
    },
    {
      latex: String.raw`y_i \mid \mathbf y_{N(i)} \sim \mathcal N\bigl(\mathbf b_i^{\mathsf T} \mathbf y_{N(i)},\; v_i\bigr), \qquad \mathbf b_i = \mathbf K_{N(i)}^{-1} \mathbf k_i, \quad v_i = k_{ii} + \sigma^2 - \mathbf k_i^{\mathsf T} \mathbf b_i`,
      caption:
        'K: covariance of the neighbours, noise included; k: their covariance with row i. The weights b and variances v are the rows of a sparse inverse Cholesky factor.',
    },
    {
      latex: String.raw`\theta \leftarrow \theta + \mathcal I(\theta)^{-1} \nabla_\theta \log p(\mathbf y), \qquad \mathcal I_{jk} = \sum_i \frac{\partial_j v_i\, \partial_k v_i}{2 v_i^2} + \frac{\mathbf c_{ij}^{\mathsf T} \mathbf K_{N(i)}^{-1} \mathbf c_{ik}}{v_i}`,
      caption:
        'Fisher scoring of the logarithms θ of all hyper-parameters, c the derivatives of k less those of K times b. The trend is fitted along, by generalised least squares.',
    },
    {
      latex: String.raw`\tilde v(\mathbf x) = \Bigl(q_{0.95}\bigl(v(\mathbf x)\bigr) / 1.96\Bigr)^2 \cdot \frac{\nu + \sum_{j \in N(\mathbf x)} z_j^2}{\nu + \lvert N(\mathbf x) \rvert} \cdot v(\mathbf x)`,
      caption:
        'Calibrated variance: z: errors of the nearest rows, each predicted from the others, in deviations; ν: chosen by the predictive density; q: quantile of what is left, for rows with like variances.',
    },
  ],
  documentation: `
## When to use it
First, on any table with more rows than an exact process takes. It keeps the likelihood of all rows and needs no choice of inducing points; time and memory grow with the number of rows.

## What to look out for
- **Neighbours are found in the scaled space.** Length scales are first learned on 3,000 rows, neighbours found anew as the scales change, and the likelihood of all rows maximised last.
- **Predictions look farther than the fit**: as far as rows that are left out are predicted better. Where there is much noise, many rows are averaged; where there is little, the nearest tell all.
- **Deviations are calibrated on training rows alone**: each of some thousands is predicted from the others, every other one also without the rows around it, so that intervals hold their share where data are missing, too. 'Local' first learns where predictions miss by more or by less than on average. The figures tell the coverage of the rows left out before and after. Hyper-parameters were fitted to those rows as well.
- **The kernel needs a distance**: one family with a length scale for every input. For sums, products and periods take inducing points.
- **The kernel is chosen by predictions**, not by the likelihood: rows with close neighbours make a likelihood prefer what is smooth between them, even where it misses in gaps. The figure 'smoothness' tells the choice.
- **Rows that nearly coincide without noise** are left out of a conditional where the others determine them; a warning tells how often.
`.trim(),
  cite: [
    {
      authors: 'Katzfuss, Guinness, Lawrence',
      title: 'Scaled Vecchia approximation for fast computer-model emulation',
      year: 2022,
      venue: 'SIAM/ASA Journal on Uncertainty Quantification 10(2)',
      doi: '10.1137/20M1352156',
    },
    {
      authors: 'Guinness',
      title: "Gaussian process learning via Fisher scoring of Vecchia's approximation",
      year: 2021,
      venue: 'Statistics and Computing 31',
      doi: '10.1007/s11222-021-09999-1',
    },
    {
      authors: "Lei, G'Sell, Rinaldo, Tibshirani, Wasserman",
      title: 'Distribution-free predictive inference for regression',
      year: 2018,
      venue: 'Journal of the American Statistical Association 113(523)',
      doi: '10.1080/01621459.2017.1307116',
    },
  ],
  inputs: { table: input.table() },
  params: z.object({
    kernel: z
      .enum(['automatic', 'matern12', 'matern32', 'matern52', 'rbf', 'rq'])
      .default('automatic')
      .meta({
        title: 'Kernel',
        symbol: 'k',
        help: 'How smooth the function is. Every input has a length scale of its own. Automatic: Matérn 3/2, unless one of its kin clearly predicts rows better that are left out, every other one together with those around it.',
        choices: {
          automatic: 'Automatic',
          matern12: 'Matérn 1/2',
          matern32: 'Matérn 3/2',
          matern52: 'Matérn 5/2',
          rbf: 'Squared exponential',
          rq: 'Rational quadratic',
        },
      }),
    trend: z
      .enum(['automatic', 'none', 'constant', 'linear'])
      .default('automatic')
      .meta({
        title: 'Trend',
        help: 'What the process varies about: fitted together with it, by generalised least squares. Automatic: linear where there are at least 20 rows a coefficient, else constant; beyond the central 99 % of an input it stays as it is at their end, so that one far row neither makes a slope nor is thrown off by one. Near rows alone can not tell a slope through noise that the whole table knows well.',
        choices: {
          automatic: 'Automatic',
          none: 'None (zero)',
          constant: 'Constant',
          linear: 'Linear in the inputs',
        },
      }),
    standardise: modelParameters.standardise,
    neighbours: z.int().min(1).max(mostNeighbours).default(30).meta({
      title: 'Neighbours of a row',
      symbol: 'm',
      help: 'Earlier rows that each row is conditioned on in the likelihood. Time grows with their square, and with their cube from about a hundred on.',
    }),
    predictionNeighbours: z.int().min(1).max(mostNeighbours).default(400).meta({
      title: 'Most neighbours of a prediction',
      help: 'Rows that each prediction is made from, at most: 50, doubled up to this number for as long as rows that are left out are predicted better. The figures tell how many they are.',
    }),
    ordering: z
      .enum(['maximin', 'random'])
      .default('maximin')
      .meta({
        title: 'Ordering',
        help: 'Maximin: each next row is the one farthest from all before it. It takes longer where there are many inputs, where chance does nearly as well.',
        choices: { maximin: 'Maximin', random: 'By chance' },
        advanced: true,
      }),
    noise: z
      .enum(['constant', 'varying'])
      .default('constant')
      .meta({
        title: 'Noise',
        help: 'Constant: one variance for all rows, over their weight, beside what the table gives. Varying: the logarithm of the variance is a second process over the inputs, learned from how far rows are missed by the others, in turn with the first; it takes about five times as long.',
        choices: { constant: 'Constant', varying: 'Varying with the inputs' },
      }),
    calibration: z
      .enum(['none', 'levels', 'local'])
      .default('local')
      .meta({
        title: 'Calibration of deviations',
        group: 'Calibration',
        help: 'What predictive deviations are multiplied by, learned from training rows that are predicted from the others: nothing, a factor for every level of the variance, or that after a factor from how far the nearest rows were missed.',
        choices: {
          none: 'None: as the model has them',
          levels: 'By level of the variance',
          local: 'Local and by level',
        },
      }),
    ...optimiserParameters,
    maxIterations: z.int().min(1).max(10_000).default(40).meta({
      title: 'Iteration limit',
      group: 'Optimiser',
      help: 'Steps of Fisher scoring on all rows, for each set of neighbours.',
    }),
    ...holdOutParameters,
  }),
  outputs: { ...gpOutputs, neighbours: neighbourOutput },
  check: ({ table }, parameters) => checkTable(table, parameters),
  solve: async ({ table }, parameters, context) => {
    const { kernel, trend, standardise, neighbours, predictionNeighbours, ordering, noise, calibration } =
      parameters
    const { restarts, maxIterations, tolerance } = parameters
    const search = { restarts, maxIterations, tolerance }
    const own = {
      kernel,
      trend,
      standardise,
      neighbours,
      predictionNeighbours,
      ordering,
      noise,
      calibration,
      search,
    }
    const info = await callNative(context, (native, nativeContext) =>
      native.vecchiaGp(tableInput(table), tableHoldOut(table, parameters), own, nativeContext),
    )
    const names = inputNames(table.dataset)
    const coordinates = [...names, ...names.map((name) => `${name} of the neighbour`)]
    const shape = info.files.includes('neighbours.npy')
      ? (await readNpyHeader(join(context.folder, 'neighbours.npy'))).shape
      : []
    return fitResult(info, table.dataset, context.folder, () =>
      Promise.resolve([
        {
          name: 'neighbours',
          axes: [
            { name: 'edge', size: shape[0] ?? 0, unit: null, coordinates: null, labels: null },
            {
              name: 'coordinate',
              size: coordinates.length,
              unit: null,
              coordinates: null,
              labels: coordinates,
            },
          ],
        },
      ]),
    )
  },
})
