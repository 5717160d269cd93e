import { output } from '../../../shared/method'

/** Headings of the results, in this order. */
const section = {
  function: 'The function',
  calibration: 'Calibration on rows held out',
  fit: 'How it was fitted',
  approximation: 'Where the approximation looks',
} as const

/** What a fit shows of itself: its objective, its hyper-parameters and how much each input matters. */
export const fitOutputs = {
  relevance: output.bars({
    title: 'Relevance of inputs',
    section: section.fit,
    help: 'One over the length scale of every standardised input, the largest being 1. An input with a long length scale hardly takes part.',
    optional: true,
  }),
  hyperParameters: output.table({
    title: 'Hyper-parameters',
    section: section.fit,
    help: 'As they were learned, with the lower and the upper bound they were kept within, for standardised columns: a length scale is counted in deviations of its input, a variance in those of the target squared.',
  }),
  hyperParameterPath: output.series({
    title: 'Hyper-parameters during the fit',
    section: section.fit,
    axisScales: { horizontal: 'linear', vertical: 'logarithmic' },
    help: 'Of the start that won, after every iteration.',
    optional: true,
  }),
  jitterLadder: output.table({
    title: 'Jitter ladder',
    section: section.fit,
    help: 'How many covariance matrices of the fit could be factored with each step: what was added to their diagonal, as a share of its mean. Most should stand in the first row, where nothing was added.',
    optional: true,
  }),
  objective: output.trace({
    title: 'Objective',
    section: section.fit,
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
    section: section.function,
    help: 'Predictive mean over the only input, with the rows of the table. The band holds the uncertainty of the function and the noise.',
    optional: true,
  }),
  curveDeviation: output.series({
    title: 'Deviation of the mean',
    section: section.function,
    deviationOf: 'curve',
    optional: true,
  }),
  curveRows: output.scatter({
    title: 'Rows over the curve',
    section: section.function,
    help: 'Rows of the table by their input and target; at most some thousands.',
    optional: true,
  }),
  meanField: output.field({
    title: 'Mean',
    section: section.function,
    help: 'Predictive mean over both inputs, or over the two that matter most with the others at their medians.',
    optional: true,
  }),
  deviationField: output.field({
    title: 'Deviation',
    section: section.function,
    help: 'Predictive deviation over the same inputs, noise included.',
    optional: true,
  }),
  slices: output.slices({
    title: 'Slices',
    section: section.function,
    help: 'Predictive mean and deviation along each of the inputs that matter most, the others of them at levels to be chosen, the rest at their medians.',
    optional: true,
  }),
  sliceLevels: output.table({
    title: 'Levels of the slices',
    section: section.function,
    help: 'Quantiles of the inputs that the slices are taken at.',
    optional: true,
  }),
  samples: output.series({
    title: 'Posterior samples',
    section: section.function,
    help: 'Functions drawn from the posterior, without noise, over the only input or the one that matters most.',
    optional: true,
  }),
}

/** How far the predictions of rows that were held out can be trusted. */
export const calibrationOutputs = {
  holdOut: output.scatter({
    title: 'Held-out rows',
    section: section.calibration,
    help: 'Observed against predicted target of the rows that were held out. A good model lies on the diagonal.',
    optional: true,
  }),
  coverage: output.series({
    title: 'Coverage',
    section: section.calibration,
    scale: 'fraction',
    help: 'Share of the held-out rows inside central intervals of every level. On the diagonal the intervals are right; below it they are too narrow.',
    optional: true,
  }),
  coverageDeviation: output.series({
    title: 'Deviation of the coverage',
    section: section.calibration,
    deviationOf: 'coverage',
    help: 'Of the share that is to be expected, from the number of rows.',
    optional: true,
  }),
  pit: output.bars({
    title: 'PIT histogram',
    section: section.calibration,
    help: 'Where the held-out rows fall in their predictive distributions. Flat is right, a hump says that intervals are too wide, horns that they are too narrow, a slope that predictions are biased.',
    optional: true,
  }),
  pitDeviation: output.bars({
    title: 'Deviation of the PIT histogram',
    section: section.calibration,
    deviationOf: 'pit',
    help: 'Of the share that is to be expected, from the number of rows.',
    optional: true,
  }),
}

/** Where the approximation looks. */
export const inducingOutput = output.points({
  title: 'Inducing points',
  section: section.approximation,
  help: 'Where the process is summarised, in the units of the inputs.',
  optional: true,
})

export const neighbourOutput = output.graph({
  title: 'Neighbour graph',
  section: section.approximation,
  help: 'Some rows, and the rows before them in the ordering that each is conditioned on.',
  optional: true,
})

/** What every fit of a Gaussian process gives. */
export const gpOutputs = {
  ...functionOutputs,
  ...calibrationOutputs,
  ...fitOutputs,
  model: output.model({
    title: 'Fitted model',
    help: 'What predictions are made from; model.json says what the arrays are.',
  }),
}
