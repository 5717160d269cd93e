import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { componentAxis, modelArtifacts } from './dense-input'
import { ranksByDefault } from './dense-parameters'
import { checkObserved, holdOutOf, holdOutParameters, observedInput } from './observed-input'
import { holdOutArtifacts, holdOutOutput, modeAxis, modelOutputs } from './observed-outputs'
import { ranksFor } from './ranks'

/** Entries of a core whose posterior covariance a run can afford. */
const largestCore = 1000

/** Functional Bayesian Tucker: factors are functions of real coordinates. */
export const funbat = defineMethod({
  id: 'funbat',
  family: 'tensor',
  version: 1,
  title: 'Functional Bayesian Tucker (FunBaT)',
  summary:
    'Tucker with modes that have real coordinates: every factor column is a smooth function, known with its uncertainty, and so is every prediction.',
  equations: [
    {
      latex: String.raw`y = \sum_{r_1 \dots r_N} w_{r_1 \dots r_N}\, u^{(1)}_{r_1}(x_1) \cdots u^{(N)}_{r_N}(x_N) + \varepsilon, \qquad u^{(n)}_r \sim \mathcal{GP}\bigl(0, k_{\ell_n}\bigr), \quad w \sim \mathcal N(0, \sigma_w^2), \quad \varepsilon \sim \mathcal N(0, \tau^{-1})`,
      caption:
        'y: an entry, standardised; x: its coordinates; u: functions of a mode, r of them; w: the core; k: Matérn covariance of unit variance with the length scale ℓ of the mode; τ: precision of the noise.',
    },
    {
      latex: String.raw`\mathrm d \mathbf z = \mathbf F \mathbf z\, \mathrm d x + \mathbf L\, \mathrm d \beta, \qquad \mathbf z_{k+1} \sim \mathcal N\bigl(e^{\mathbf F \Delta} \mathbf z_k,\ \mathbf P_\infty - e^{\mathbf F \Delta} \mathbf P_\infty e^{\mathbf F^{\mathsf T} \Delta}\bigr)`,
      caption:
        'The same prior as a linear differential equation driven by white noise, exact at the coordinates: z holds a function (and its slope, for Matérn-3/2), Δ is the step to the next coordinate. Kalman filter and Rauch–Tung–Striebel smoother then take time linear in the number of distinct coordinates.',
    },
    {
      latex: String.raw`q(\mathbf U^{(n)}) \propto p_{\ell_n}(\mathbf U^{(n)}) \prod_i \exp\Bigl(\eta_i^{\mathsf T} \mathbf u_i - \tfrac12 \mathbf u_i^{\mathsf T} \mathbf \Lambda_i \mathbf u_i\Bigr), \qquad \mathbf \Lambda_i = \mathbb E[\tau] \sum_{y \text{ at } i} \mathbb E[\mathbf a \mathbf a^{\mathsf T}], \quad \eta_i = \mathbb E[\tau] \sum_{y \text{ at } i} y\, \mathbb E[\mathbf a]`,
      caption:
        'Messages of the data to the functions of a mode: a is the core contracted with the functions of all other modes. Core, noise and modes are updated in turn, each to the best posterior given the others; the evidence lower bound never falls. The length scale of a mode maximises the evidence of its messages.',
    },
    {
      latex: String.raw`\hat y \pm 1.96\, c\, \sqrt{\operatorname{var}[f] + \mathbb E[\tau^{-1}]}, \qquad 1.96\, c = \text{the } \lceil 0.95\,(m + 1) \rceil\text{-th smallest of } \frac{\lvert y_j - \hat y_j \rvert}{\sqrt{\operatorname{var}[f_j] + \mathbb E[\tau^{-1}]}}, \quad j = 1 \dots m`,
      caption:
        'Intervals of predictions: f is the entry without its noise, whose variance comes from functions and core; j runs over the m entries kept back for the calibration, predicted from the others; c is the interval factor.',
    },
  ],
  documentation: `
## When to use it
When entries lie at real coordinates (times, temperatures, places), few of them were observed, and a prediction is worth little without its uncertainty. Coordinates may be as dense as the measurements: neighbours inform each other, and an index that was never observed is predicted from those around it.

## What to look out for
- **Length scales are learned**, one for each mode, on coordinates scaled to their range. A length scale at the smallest gap says that neighbours tell nothing of each other: the mode is not smooth. Give a number to hold them all fixed.
- **Entries are standardised** by the mean and deviation of those fitted. The mean is the figure 'offset': the model is offset + core × factors.
- **Posteriors are factorised** over modes, core and noise (coordinate ascent on the evidence bound, with the messages of the paper's conditional moment matching and the full second moments of the core). That makes deviations too small, the more so the fewer entries there are to a coordinate. Deviations of factors and of the core are the posterior's own: read them as lower bounds.
- **Intervals of predictions are calibrated.** Their deviation holds the noise and what is not known of functions and core. A share of the fitted entries, picked by the seed, is kept back first; the deviation is multiplied by the one number that makes 95 % intervals hold what was kept back, with its finite-sample rank (split conformal prediction, which assumes no distribution). The model is then fitted to all entries from where that fit ended. The number is the figure 'intervalFactor'; one far above 1 says that the noise is not normal, or the posterior too sure. Entries set aside for the hold-out take no part in this.
- **One factor for all.** It makes intervals right on average over places like those that were fitted, not at each of them; look at the held-out scatter where that matters.
- **With fewer than 19 entries** to calibrate on, a warning says that intervals were left as they are.
- **CP form** sets all of the core but its superdiagonal to zero: fewer interactions, one number of components for all modes.
- **Matérn-1/2** is for rough functions, **Matérn-3/2** for smooth ones. The larger evidence bound on the same entries is the better model.
`.trim(),
  cite: [
    {
      authors: 'Fang, Yu, Wang, Li, Kirby, Zhe',
      title: 'Functional Bayesian Tucker decomposition for continuous-indexed tensor data',
      year: 2024,
      venue: 'International Conference on Learning Representations',
      arxiv: '2311.04829',
    },
    {
      authors: "Lei, G'Sell, Rinaldo, Tibshirani, Wasserman",
      title: 'Distribution-free predictive inference for regression',
      year: 2018,
      venue: 'Journal of the American Statistical Association 113(523)',
      doi: '10.1080/01621459.2017.1307116',
    },
  ],
  inputs: { tensor: input.tensor() },
  params: z.object({
    ranks: ranksByDefault(3),
    form: z
      .enum(['tucker', 'cp'])
      .default('tucker')
      .meta({
        title: 'Core',
        help: 'A full core lets every function of a mode meet every function of the others; CP pairs them off.',
        choices: { tucker: 'Full (Tucker)', cp: 'Superdiagonal (CP)' },
      }),
    kernel: z
      .enum(['matern-32', 'matern-12'])
      .default('matern-32')
      .meta({
        title: 'Covariance',
        symbol: 'k',
        help: 'Smoothness of the functions along their coordinates.',
        choices: { 'matern-32': 'Matérn-3/2 (smooth)', 'matern-12': 'Matérn-1/2 (rough)' },
      }),
    lengthScale: z.number().min(1e-6).max(1000).nullable().default(null).meta({
      title: 'Length scale',
      symbol: 'ℓ',
      unit: 'of the range',
      help: 'Of all modes, as a share of the range of their coordinates. Empty: learned, one for each mode.',
      logarithmic: true,
      advanced: true,
    }),
    starts: z.int().min(1).max(100).default(4).meta({
      title: 'Starts tried',
      help: 'Random first guesses; the one with the largest evidence bound after ten rounds goes on.',
      group: 'Start',
    }),
    calibrationShare: z.number().min(0).max(0.5).default(0.1).meta({
      title: 'Share to calibrate on',
      help: 'Share of the fitted entries that is kept back at first, to calibrate the intervals of predictions. 0 leaves them as the posterior has them, in half the time.',
      group: 'Intervals',
      step: 0.05,
    }),
    maxIterations: z.int().min(1).max(100_000).default(200).meta({
      title: 'Iteration limit',
      help: 'Of a fit: there is one for the calibration, and one to all entries.',
      group: 'Stopping',
    }),
    tolerance: z.number().min(0).max(0.99).default(1e-3).meta({
      title: 'Tolerance',
      help: 'Stop when ten rounds raised the evidence bound by less than this, for each entry.',
      group: 'Stopping',
      logarithmic: true,
    }),
    ...holdOutParameters,
  }),
  outputs: {
    ...modelOutputs,
    factorDeviations: output.factors({
      title: 'Deviations of factors',
      each: 'mode',
      deviationOf: 'factors',
      help: 'Posterior standard deviation of every factor at every index.',
    }),
    coreDeviation: output.tensor({
      title: 'Deviation of the core',
      deviationOf: 'core',
      help: 'Posterior standard deviation of every entry of the core.',
    }),
    lengthScales: output.bars({
      title: 'Length scales',
      help: 'How far along a mode its functions stay alike, in the unit of its coordinates.',
      axisScales: { horizontal: 'linear', vertical: 'logarithmic' },
    }),
    holdOut: holdOutOutput,
    evidence: output.trace({
      title: 'Evidence bound',
      help: 'Lower bound of the logarithm of the evidence of the entries fitted, for each of them, with noise and residual, after every round. Where the fit to all entries follows the one for the calibration, it may fall once.',
      columns: [
        { name: 'evidenceBound', title: 'Evidence bound an entry', unit: 'nat', logarithmic: false },
        { name: 'noiseDeviation', title: 'Deviation of the noise', unit: null, logarithmic: true },
        { name: 'observedRmse', title: 'Residual of fitted entries', unit: null, logarithmic: true },
      ],
    }),
  },
  check: ({ tensor }, parameters) => {
    checkObserved(tensor, parameters)
    const ranks = ranksFor(parameters.ranks, tensor.dataset.axes)
    if (parameters.form === 'cp' && new Set(ranks).size > 1) {
      throw new FiligreeError(
        'invalid-parameter',
        `The CP form has one number of components, but the ranks are ${ranks.join(', ')}. Give one number for all modes.`,
        { field: 'ranks' },
      )
    }
    const size = ranks.reduce((product, rank) => product * rank, 1)
    if (parameters.form === 'tucker' && size > largestCore) {
      throw new FiligreeError(
        'invalid-parameter',
        `A core of ${ranks.join(' × ')} has ${size} entries; the posterior holds at most ${largestCore}. Choose lower ranks, or the CP form.`,
        { field: 'ranks' },
      )
    }
  },
  solve: async ({ tensor }, { fold, holdOutShare, ...parameters }, context) => {
    const modes = tensor.dataset.axes
    const ranks = ranksFor(parameters.ranks, modes)
    const info = await callNative(context, (native, nativeContext) =>
      native.funbat(
        observedInput(tensor),
        holdOutOf(tensor, { fold, holdOutShare }),
        modes.map(({ coordinates }) => coordinates),
        { ...parameters, ranks },
        nativeContext,
      ),
    )
    const artifacts = modelArtifacts(modes, ranks)
    const [core] = artifacts
    return solveResult(info, [
      ...artifacts,
      ...modes.map((axis, mode) => ({
        name: `factorDeviations-${mode + 1}`,
        axes: [axis, componentAxis(ranks[mode] ?? 0)],
      })),
      { name: 'coreDeviation', axes: core?.axes ?? [] },
      { name: 'lengthScales', axes: [modeAxis(modes)] },
      ...(await holdOutArtifacts(info, context.folder, modes, true)),
    ])
  },
})
