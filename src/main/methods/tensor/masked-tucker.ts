import { z } from 'zod'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { modelArtifacts } from './dense-input'
import { ranksByDefault } from './dense-parameters'
import { checkObserved, holdOutOf, holdOutParameters, observedInput } from './observed-input'
import { holdOutArtifacts, holdOutOutput, modelOutputs } from './observed-outputs'
import { ranksFor } from './ranks'

/** Masked Tucker: a model of the entries that are there. */
export const maskedTucker = defineMethod({
  id: 'masked-tucker',
  family: 'tensor',
  version: 1,
  title: 'Masked Tucker (missing data)',
  summary:
    'Tucker of a tensor with missing entries: fitted to those that were observed, judged by those and by a hold-out.',
  equations: [
    {
      latex: String.raw`\min_{\mathcal G, \mathbf U^{(n)}}\ \sum_{i \in \Omega} \bigl(x_i - [\mathcal G \times_1 \mathbf U^{(1)} \cdots \times_N \mathbf U^{(N)}]_i\bigr)^2 + \rho \Bigl(\lVert \mathcal G \rVert^2 + \sum_n \lVert \mathbf U^{(n)} \rVert^2\Bigr)`,
      caption:
        'Ω: observed entries; G: core; U: factor of a mode; ρ: ridge, relative to entries of mean square one, for scattered entries only. Core and rows of the factors are solved for in turn, each exactly, from normal equations over the observed entries.',
    },
    {
      latex: String.raw`\mathcal X^{(t)} = \mathcal P_\Omega(\mathcal X) + \mathcal P_{\bar\Omega}\bigl(\hat{\mathcal X}^{(t)}\bigr), \qquad \hat{\mathcal X}^{(t+1)} = \operatorname{HOOI}\bigl(\mathcal X^{(t)}\bigr)`,
      caption:
        'Dense tensors of which at least half was observed: missing entries are filled with what the model says, and one sweep of higher-order orthogonal iteration follows. The residual of the observed entries never rises.',
    },
    {
      latex: String.raw`\text{error} = \frac{\lVert \mathcal P_\Omega(\mathcal X - \hat{\mathcal X}) \rVert}{\lVert \mathcal P_\Omega(\mathcal X) \rVert}`,
      caption:
        'The error that is reported is that of the observed entries; the hold-out has its own. Neither is measured on a tensor with zeros put in.',
    },
  ],
  documentation: `
## When to use it
When entries are missing: a mask, NaN that means missing, or a table of the entries that were measured. It fills gaps, and it says by a hold-out how well.

## What to look out for
- **Hold something out.** The error on the observed entries falls with every rank; the error on held-out ones says when to stop. 'meanImputationRmse' is what predicting the mean would have scored.
- **Mostly observed, or scattered.** A dense tensor with at least half of its entries is completed by imputation; anything sparser is fitted entry by entry, and no entry that was not observed is touched. The stop message says which it was.
- **The ridge** matters for scattered entries. Left empty, it is the one that predicts a tenth of the fitted entries best from the others.
- **Scattered entries have local minima.** Several first guesses are tried, and the one that validates best goes on; more starts can only cost time.
- **An index without any entry** is not known to this model: its predictions are zero, and a warning says how many there are. Where coordinates carry meaning, functional Bayesian Tucker predicts such indices from their neighbours.
- **Zeros are values.** In a sparse tensor, where what is not listed is zero, use sparse Tucker.
`.trim(),
  cite: [
    {
      authors: 'Walczak, Massart',
      title: 'Dealing with missing data: Part I',
      year: 2001,
      venue: 'Chemometrics and Intelligent Laboratory Systems 58(1)',
      doi: '10.1016/S0169-7439(01)00131-9',
    },
    {
      authors: 'Acar, Dunlavy, Kolda, Mørup',
      title: 'Scalable tensor factorizations for incomplete data',
      year: 2011,
      venue: 'Chemometrics and Intelligent Laboratory Systems 106(1)',
      doi: '10.1016/j.chemolab.2010.08.004',
    },
  ],
  inputs: { tensor: input.tensor() },
  params: z.object({
    ranks: ranksByDefault(3),
    ridge: z.number().min(1e-12).max(1e6).nullable().default(null).meta({
      title: 'Ridge',
      symbol: 'ρ',
      help: 'For scattered entries: weight of squared core and factors, relative to entries of mean square one. Empty: chosen by validation.',
      logarithmic: true,
      advanced: true,
    }),
    starts: z.int().min(1).max(100).default(4).meta({
      title: 'Starts tried',
      help: 'For scattered entries: random first guesses; the one that predicts a tenth of the fitted entries best from the others goes on.',
      group: 'Start',
    }),
    maxIterations: z.int().min(1).max(100_000).default(200).meta({
      title: 'Iteration limit',
      group: 'Stopping',
    }),
    tolerance: z.number().min(0).max(0.99).default(1e-5).meta({
      title: 'Tolerance',
      help: 'Stop when a sweep changes the error on the fitted entries by less than this share of it.',
      group: 'Stopping',
      logarithmic: true,
    }),
    ...holdOutParameters,
  }),
  outputs: {
    ...modelOutputs,
    holdOut: holdOutOutput,
    error: output.trace({
      title: 'Error on fitted entries',
      help: 'Relative error on the fitted entries after every sweep, and the share by which it changed.',
      columns: [
        { name: 'observedError', title: 'Relative error', unit: null, logarithmic: true },
        { name: 'change', title: 'Change', unit: null, logarithmic: true },
      ],
    }),
  },
  check: ({ tensor }, parameters) => {
    checkObserved(tensor, parameters)
    ranksFor(parameters.ranks, tensor.dataset.axes)
  },
  solve: async ({ tensor }, { fold, holdOutShare, ...parameters }, context) => {
    const modes = tensor.dataset.axes
    const ranks = ranksFor(parameters.ranks, modes)
    const info = await callNative(context, (native, nativeContext) =>
      native.maskedTucker(
        observedInput(tensor),
        holdOutOf(tensor, { fold, holdOutShare }),
        { ...parameters, ranks },
        nativeContext,
      ),
    )
    return solveResult(info, [
      ...modelArtifacts(modes, ranks),
      ...(await holdOutArtifacts(info, context.folder, modes, false)),
    ])
  },
})
