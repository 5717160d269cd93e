import { z } from 'zod'
import { defineMethod, output } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from '../solve-result'

/** A generator: a regression table of a known function from nothing but a seed. */
export const syntheticTable = defineMethod({
  id: 'synthetic-table',
  family: 'gp',
  version: 1,
  role: 'generator',
  title: 'Synthetic regression table',
  summary:
    'Rows of a known function with noise, from a seed: a curve with gaps, a field, or Friedman’s function.',
  equations: [
    {
      latex: String.raw`y = \sin(6\pi x^2) + 2x + \varepsilon`,
      caption: 'Curve: one input from 0 to 1, without rows from 0.35 to 0.5 and from 0.7 to 0.8.',
    },
    {
      latex: String.raw`y = 10 \sin(\pi x_1 x_2) + 20 (x_3 - \tfrac12)^2 + 10 x_4 + 5 x_5 + \varepsilon`,
      caption: "Friedman's function: inputs even from 0 to 1, of which only the first five matter.",
    },
  ],
  documentation: `
## When to use it
To try a fit where the function, the inputs that matter and the noise are known.

## What to look out for
- **Same seed and parameters, same bytes.**
- **Gaps of the curve** are where a band should widen.
- **Rising noise** is five times larger where the first input is 1 than where it is 0; a model with one noise for all rows is then wrong in two ways.
- **Heavy tails** are Student's t with three degrees of freedom, scaled to the same deviation.
`.trim(),
  cite: [
    {
      authors: 'Friedman',
      title: 'Multivariate adaptive regression splines',
      year: 1991,
      venue: 'The Annals of Statistics 19(1)',
      doi: '10.1214/aos/1176347963',
    },
  ],
  inputs: {},
  params: z.object({
    function: z
      .enum(['curve', 'field', 'friedman'])
      .default('curve')
      .meta({
        title: 'Function',
        choices: {
          curve: 'Curve with gaps (1 input)',
          field: 'Field (2 inputs)',
          friedman: 'Friedman’s (5 and more)',
        },
      }),
    rows: z
      .int()
      .min(2)
      .max(5_000_000)
      .default(500)
      .meta({ title: 'Rows', logarithmic: true, group: 'Size' }),
    inputs: z.int().min(5).max(1000).default(10).meta({
      title: 'Inputs',
      group: 'Size',
      help: 'Of Friedman’s function: five matter, the others do not.',
    }),
    noise: z.number().min(0).max(100).default(0.1).meta({
      title: 'Noise',
      symbol: 'η',
      help: 'Standard deviation, relative to that of the function.',
      group: 'Disturbance',
      step: 0.05,
    }),
    noiseKind: z
      .enum(['normal', 'rising', 'heavy-tailed'])
      .default('normal')
      .meta({
        title: 'Kind of noise',
        group: 'Disturbance',
        choices: {
          'normal': 'Normal',
          'rising': 'Rising along the first input',
          'heavy-tailed': 'Heavy tails',
        },
      }),
  }),
  outputs: { table: output.table({ title: 'Table' }) },
  solve: async (_inputs, parameters, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.syntheticTable(parameters, nativeContext),
    )
    const inputs = { curve: 1, field: 2, friedman: parameters.inputs }[parameters.function]
    const names = [
      ...Array.from({ length: inputs }, (_, input) => (inputs === 1 ? 'x' : `x${input + 1}`)),
      'y',
    ]
    return solveResult(info, [
      {
        name: 'table',
        axes: [
          { name: 'row', size: parameters.rows, unit: null, coordinates: null, labels: null },
          { name: 'column', size: names.length, unit: null, coordinates: null, labels: names },
        ],
      },
    ])
  },
})
