import { z } from 'zod'

/** How many inducing points there are and where: the same block for every method that has some. */
export const inducingParameters = {
  points: z.int().min(1).max(10_000).default(500).meta({
    title: 'Inducing points',
    symbol: 'M',
    group: 'Inducing points',
    help: 'Time grows with their square for every row. All rows where there are no more.',
    logarithmic: true,
  }),
  selection: z
    .enum(['k-means', 'greedy-variance', 'random'])
    .default('k-means')
    .meta({
      title: 'Chosen by',
      group: 'Inducing points',
      help: 'Where they stand at first.',
      choices: {
        'k-means': 'Centres of the rows (k-means)',
        'greedy-variance': 'Largest conditional variance, greedily',
        'random': 'Random rows',
      },
    }),
  movePoints: z.boolean().default(true).meta({
    title: 'Move them',
    group: 'Inducing points',
    help: 'Optimise their places together with the hyper-parameters.',
  }),
}

/** Whether deviations are judged by rows that are kept back: the same switch for every method with inducing points. */
export const calibrateParameter = {
  calibrate: z.boolean().default(true).meta({
    title: 'Calibrate deviations',
    group: 'Calibration',
    help: 'Hyper-parameters are learned without a fifth of the rows, at most 4,000; predictive deviations are then scaled so that their 95 % intervals hold 95 % of those, and the model is conditioned on all rows. From 1,000 rows on; normal noise only.',
  }),
}

export interface InducingChoice {
  points: number
  selection: 'k-means' | 'greedy-variance' | 'random'
  movePoints: boolean
}
