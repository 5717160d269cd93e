import { output } from '../../../shared/method'

/** What a fit shows of itself: its objective, its hyper-parameters and how much each input matters. */
export const fitOutputs = {
  relevance: output.bars({
    title: 'Relevance of inputs',
    help: 'One over the length scale of every standardised input, the largest being 1. An input with a long length scale hardly takes part.',
    optional: true,
  }),
  hyperParameters: output.table({
    title: 'Hyper-parameters',
    help: 'As they were learned, with the bounds they were kept within.',
  }),
  hyperParameterPath: output.series({
    title: 'Hyper-parameters during the fit',
    axisScales: { horizontal: 'linear', vertical: 'logarithmic' },
    help: 'Of the start that won, after every iteration.',
    optional: true,
  }),
  objective: output.trace({
    title: 'Objective',
    help: 'What is minimised, for each row fitted, and the norm of its gradient.',
    columns: [
      { name: 'objective', title: 'Objective', unit: 'nat', logarithmic: false },
      { name: 'gradientNorm', title: 'Norm of the gradient', unit: null, logarithmic: true },
    ],
  }),
}

/** The fitted function: over one or two inputs as it is, over more of them in slices. */
export const functionOutputs = {
  curve: output.series({
    title: 'Mean with its band',
    help: 'Predictive mean over the only input, with the rows of the table. The band holds the uncertainty of the function and the noise.',
    optional: true,
  }),
  curveDeviation: output.series({ title: 'Deviation of the mean', deviationOf: 'curve', optional: true }),
  curveRows: output.scatter({
    title: 'Rows over the curve',
    help: 'Rows of the table by their input and target; at most some thousands.',
    optional: true,
  }),
  meanField: output.field({
    title: 'Mean',
    help: 'Predictive mean over both inputs, or over the two that matter most with the others at their medians.',
    optional: true,
  }),
  deviationField: output.field({
    title: 'Deviation',
    help: 'Predictive deviation over the same inputs, noise included.',
    optional: true,
  }),
  slices: output.slices({
    title: 'Slices',
    help: 'Predictive mean and deviation along each of the inputs that matter most, the others of them at levels to be chosen, the rest at their medians.',
    optional: true,
  }),
  sliceLevels: output.table({
    title: 'Levels of the slices',
    help: 'Quantiles of the inputs that the slices are taken at.',
    optional: true,
  }),
  samples: output.series({
    title: 'Posterior samples',
    help: 'Functions drawn from the posterior, without noise, over the only input or the one that matters most.',
    optional: true,
  }),
}

/** How far the predictions of rows that were held out can be trusted. */
export const calibrationOutputs = {
  holdOut: output.scatter({
    title: 'Held-out rows',
    help: 'Observed against predicted target of the rows that were held out. A good model lies on the diagonal.',
    optional: true,
  }),
  coverage: output.series({
    title: 'Coverage',
    help: 'Share of the held-out rows inside central intervals of every level. On the diagonal the intervals are right; below it they are too narrow.',
    optional: true,
  }),
  coverageDeviation: output.series({
    title: 'Deviation of the coverage',
    deviationOf: 'coverage',
    help: 'Of the share that is to be expected, from the number of rows.',
    optional: true,
  }),
  pit: output.bars({
    title: 'PIT histogram',
    help: 'Where the held-out rows fall in their predictive distributions. Flat is right, a hump says that intervals are too wide, horns that they are too narrow, a slope that predictions are biased.',
    optional: true,
  }),
  pitDeviation: output.bars({
    title: 'Deviation of the PIT histogram',
    deviationOf: 'pit',
    help: 'Of the share that is to be expected, from the number of rows.',
    optional: true,
  }),
}

/** Where the approximation looks. */
export const inducingOutput = output.points({
  title: 'Inducing points',
  help: 'Where the process is summarised, in the units of the inputs.',
  optional: true,
})

export const neighbourOutput = output.graph({
  title: 'Neighbour graph',
  help: 'Some rows, and the rows before them in the ordering that each is conditioned on.',
  optional: true,
})

/** What every fit of a Gaussian process gives. */
export const gpOutputs = {
  ...calibrationOutputs,
  ...functionOutputs,
  ...fitOutputs,
  model: output.model({
    title: 'Fitted model',
    help: 'What predictions are made from; model.json says what the arrays are.',
  }),
}
