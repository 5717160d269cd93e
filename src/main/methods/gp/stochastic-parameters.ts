import { z } from 'zod'
import { calibrateParameter, inducingParameters } from './inducing-parameters'
import { holdOutParameters, modelParameters } from './parameters'

/** How the choice of a likelihood is shown; methods with further ones add to its choices. */
export const observationShown = {
  title: 'Likelihood',
  help: 'How targets come about, given the function: normal or heavy-tailed noise, classes 0 and 1, or counts.',
  choices: {
    'gaussian': 'Normal noise',
    'student-t': 'Heavy-tailed noise (Student-t)',
    'bernoulli': 'Classes 0 and 1 (Bernoulli)',
    'poisson': 'Counts (Poisson)',
  },
}

/** Parameters of fits from minibatches; `points` is how many inducing points they have unless told. */
export function stochasticParameters(points: number) {
  const { selection } = inducingParameters
  return {
    ...modelParameters,
    observation: z
      .enum(['gaussian', 'student-t', 'bernoulli', 'poisson'])
      .default('gaussian')
      .meta(observationShown),
    points: inducingParameters.points.default(points),
    selection,
    batch: z.int().min(1).max(1_048_576).default(512).meta({
      title: 'Rows of a step',
      group: 'Optimiser',
      help: 'Drawn by the seed, every row once in a pass.',
      logarithmic: true,
    }),
    epochs: z.int().min(1).max(100_000).default(20).meta({
      title: 'Most passes',
      group: 'Optimiser',
      help: 'Passes over all rows.',
    }),
    tolerance: z.number().min(0).max(0.99).default(1e-3).meta({
      title: 'Tolerance',
      group: 'Optimiser',
      help: 'Stop when the last passes change the bound by less than this, for each row.',
      logarithmic: true,
    }),
    learningRate: z.number().gt(0).max(1).default(0.02).meta({
      title: 'Step length',
      group: 'Optimiser',
      help: 'Of Adam, on hyper-parameters and places of the points.',
      logarithmic: true,
      advanced: true,
    }),
    naturalStep: z.number().gt(0).max(1).default(0.1).meta({
      title: 'Natural step length',
      group: 'Optimiser',
      help: 'Along the natural gradient of the posterior.',
      logarithmic: true,
      advanced: true,
    }),
    ...calibrateParameter,
    ...holdOutParameters,
  }
}
