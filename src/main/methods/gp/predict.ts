import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, input, output } from '../../../shared/method'
import { readNpyHeader } from '../../formats'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { tableInput } from './table-input'

/** What predictions need to know of `model.json`. */
const modelInputsSchema = z.object({ inputs: z.array(z.string()) })

async function inputsOfModel(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, 'model.json'), 'utf8')
  return modelInputsSchema.parse(JSON.parse(text)).inputs
}

/** Methods of the family that leave a fitted model behind. */
const fittedBy = ['exact-gp', 'sgpr', 'fitc', 'vecchia-gp', 'svgp', 'swsgp']

/** Predictions of a fitted model for the rows of another table. */
export const gpPredict = defineMethod({
  id: 'gp-predict',
  family: 'gp',
  version: 1,
  title: 'Predict with a fitted model',
  summary:
    'Mean, deviation and interval for every row of a table, from a Gaussian process that was fitted before.',
  equations: [
    {
      latex: String.raw`\hat y_* \pm z_{(1+q)/2} \sqrt{\operatorname{var}[f_*] + \sigma^2}`,
      caption:
        'Interval of level q: f* is the function at a new row, σ² the variance of the noise, z a quantile of the standard normal.',
    },
  ],
  documentation: `
## When to use it
To use a fitted Gaussian process on a new file. Import the file as a table first; its target may be missing.

## What to look out for
- **Inputs are found by their names.** The table needs a column for each input of the model; their order does not matter, and columns beyond them are not looked at. Where no name fits at all and there are as many inputs, they are taken in their order, which a warning says.
- **Far from the rows fitted** the mean returns to the trend and the deviation to that of the process: a wide interval is an honest answer.
- **Where the table has its target**, the run says how well it was met.
- **Save the table** of the predictions as CSV from the menu above it, or take 'predictions.npy' from the files of the run.
`.trim(),
  cite: [
    {
      authors: 'Rasmussen, Williams',
      title: 'Gaussian processes for machine learning',
      year: 2006,
      venue: 'MIT Press',
      doi: '10.7551/mitpress/3206.001.0001',
    },
  ],
  inputs: {
    table: input.table({
      title: 'Table to predict',
      help: 'A table with a column for each input of the model.',
    }),
    model: input.run({
      title: 'Fitted model',
      help: 'A run that fitted a Gaussian process.',
      methods: fittedBy,
    }),
  },
  params: z.object({
    level: z.number().gt(0).lt(1).default(0.95).meta({
      title: 'Level of the intervals',
      symbol: 'q',
      help: 'Share of new observations that an interval is to hold.',
    }),
  }),
  outputs: {
    predictions: output.table({
      title: 'Predictions',
      help: 'A row for each row of the table that has all inputs: the number of that row, counted from 0, the predictive mean, the deviation of a new observation, that of the function alone, and the ends of the interval.',
    }),
  },
  check: ({ table }) => {
    const [rows = 0] = table.dataset.array.shape
    if (rows > 0) return
    throw new FiligreeError('invalid-data', `'${table.dataset.name}' has no rows to predict.`)
  },
  solve: async ({ model, table }, { level }, context) => {
    const given = tableInput(table)
    const inputs = await inputsOfModel(model.folder)
    // A column that the model predicts from is no answer to hold its predictions against, whatever role was guessed.
    const ownTarget = given.target !== null && inputs.includes(given.names[given.target] ?? '')
    const info = await callNative(context, (native, nativeContext) =>
      native.gpPredict(
        model.folder,
        { ...given, target: ownTarget ? null : given.target },
        level,
        nativeContext,
      ),
    )
    const { shape } = await readNpyHeader(join(context.folder, 'predictions.npy'))
    const labels = ['Row', 'Mean', 'Deviation', 'Deviation of the function', 'Lower', 'Upper']
    return solveResult(info, [
      {
        name: 'predictions',
        axes: [
          { name: 'prediction', size: shape[0] ?? 0, unit: null, coordinates: null, labels: null },
          { name: 'quantity', size: labels.length, unit: null, coordinates: null, labels },
        ],
      },
    ])
  },
})
