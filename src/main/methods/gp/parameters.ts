import { z } from 'zod'

/** Covariance and trend: the same block for every method that fits a Gaussian process. */
export const modelParameters = {
  kernel: z
    .string()
    .min(1)
    .max(500)
    .default('matern32')
    .meta({
      title: 'Kernel',
      symbol: 'k',
      help: 'How like the target is in rows whose inputs are near. Terms are joined by + and *, and grouped by brackets. In square brackets stand the inputs that a term sees, by number or by name: “matern52[1,2] * periodic[month]”; without them it sees all. Every input has a length scale of its own.',
      syntax: 'kernel',
      samples: {
        'matern32': 'Matérn 3/2: rough',
        'matern52': 'Matérn 5/2: smoother',
        'rbf': 'Squared exponential: very smooth',
        'matern12': 'Matérn 1/2: jagged',
        'rq': 'Rational quadratic: several scales',
        'rbf + linear': 'Smooth about a plane',
        'rbf * periodic': 'Seasons that change slowly',
        'sm(3)': 'Spectral mixture: hidden rhythms',
      },
    }),
  trend: z
    .enum(['none', 'constant', 'linear'])
    .default('constant')
    .meta({
      title: 'Trend',
      help: 'What the process varies about: fitted before it, by least squares. To have a slope learned together with the process, leave it constant and add `linear` to the covariance.',
      choices: { none: 'None (zero)', constant: 'Constant', linear: 'Linear in the inputs' },
    }),
  standardise: z.boolean().default(true).meta({
    title: 'Standardise',
    help: 'Inputs and target are brought to mean 0 and deviation 1 over the fitted rows before the fit. Predictions and figures are in the units of the table.',
    advanced: true,
  }),
}

/** Which rows are kept back to measure the calibration: the same block for every fit. */
export const holdOutParameters = {
  holdOut: z
    .enum(['automatic', 'split', 'random', 'blocks', 'folds', 'none'])
    .default('automatic')
    .meta({
      title: 'Rows held out',
      group: 'Calibration',
      help: 'What the calibration panel is measured on. Automatic: the saved split where the table has one, else a random share. Cross-validation fits once for every fold; the model that is kept is fitted to all rows.',
      choices: {
        automatic: 'Automatic',
        split: 'A saved split',
        random: 'A random share',
        blocks: 'A share in blocks',
        folds: 'Cross-validation',
        none: 'None',
      },
    }),
  splitNumber: z.int().min(1).max(1000).default(1).meta({
    title: 'Number of the split',
    group: 'Calibration',
    help: 'Which of the saved splits of the table is used, counted from 1.',
  }),
  holdOutShare: z.number().min(0.01).max(0.9).default(0.1).meta({
    title: 'Share held out',
    group: 'Calibration',
    help: 'Share of the rows that is kept back, by the seed: single ones, or whole blocks.',
    step: 0.05,
  }),
  blocks: z.int().min(2).max(1000).default(20).meta({
    title: 'Blocks a side',
    group: 'Calibration',
    help: 'The range of each of the first two inputs is cut into this many parts; blocks are held out as a whole, so that what is predicted has no neighbours at hand.',
    advanced: true,
  }),
  folds: z.int().min(2).max(50).default(5).meta({
    title: 'Folds',
    group: 'Calibration',
    help: 'Parts of the rows for the cross-validation, drawn by the seed; each is predicted from all others.',
    advanced: true,
  }),
}

/** The parameters that choose what is held out. */
export interface HoldOutChoice {
  holdOut: 'automatic' | 'split' | 'random' | 'blocks' | 'folds' | 'none'
  splitNumber: number
  holdOutShare: number
  blocks: number
  folds: number
}

/** When the optimiser of the hyper-parameters stops, and how often it starts anew. */
export const optimiserParameters = {
  restarts: z.int().min(0).max(50).default(0).meta({
    title: 'Restarts',
    group: 'Optimiser',
    help: 'Further first guesses of the hyper-parameters, drawn by the seed; the best objective wins.',
  }),
  maxIterations: z.int().min(1).max(100_000).default(100).meta({
    title: 'Iteration limit',
    group: 'Optimiser',
    help: 'Steps of L-BFGS from each first guess.',
  }),
  tolerance: z.number().min(0).max(0.99).default(1e-5).meta({
    title: 'Tolerance',
    group: 'Optimiser',
    help: 'Stop when a step improves the objective by less than this share of it.',
    logarithmic: true,
  }),
}
