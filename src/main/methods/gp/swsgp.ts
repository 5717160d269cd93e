import { z } from 'zod'
import { defineMethod, input } from '../../../shared/method'
import { callNative } from '../native'
import { inducingArtifacts, inducingGpOutputs } from './inducing-gp'
import { fitResult } from './fit-artifacts'
import { checkFit, kernelInput } from './kernel-input'
import { stochasticParameters } from './stochastic-parameters'
import { inputNames, tableHoldOut, tableInput } from './table-input'

/** Sparse within sparse: only the inducing points nearest to a row are active for it. */
export const swsgp = defineMethod({
  id: 'swsgp',
  family: 'gp',
  version: 1,
  title: 'Sparse within sparse (SWSGP)',
  summary:
    'Thousands of inducing points, of which only the few nearest to a row are active for it: their number costs hardly anything.',
  equations: [
    {
      latex: String.raw`p(\mathbf y, \mathbf f, \mathbf u, \mathbf w) = p(\mathbf y \mid \mathbf f)\, p(\mathbf f \mid \mathbf u, \mathbf w)\, p(\mathbf u \mid \mathbf w)\, p(\mathbf w), \qquad \mathbf w_{\mathbf x} = \text{the } H \text{ points nearest to } \mathbf x`,
      caption:
        'u: values at the inducing points; w says which of them are active. A row then costs H³ instead of M³, with H active of M points.',
    },
  ],
  documentation: `
## When to use it
Where a function varies on small scales all over a large set of rows, and a few hundred inducing points smooth it away.

## What to look out for
- **Active points** set the cost of a row; a few dozen are enough in few dimensions.
- **It is a bound on a changed model:** compare its NLPD on held-out rows with SVGP of as many points, not its objective.
- **Passes, not iterations.** The trace has a row a pass.
- **Counts** are recovered less well than by SVGP: active values are apart from each other in the posterior, which widens their rates, and steps are often taken back.
`.trim(),
  cite: [
    {
      authors: 'Tran, Milios, Michiardi, Filippone',
      title: 'Sparse within sparse Gaussian processes using neighbor information',
      year: 2021,
      venue: 'International Conference on Machine Learning, PMLR 139',
      arxiv: '2011.05041',
    },
  ],
  inputs: { table: input.table() },
  params: z.object({
    ...stochasticParameters(2000),
    neighbours: z.int().min(1).max(512).default(64).meta({
      title: 'Active points',
      symbol: 'H',
      group: 'Inducing points',
      help: 'Inducing points nearest to a row that are active for it.',
    }),
  }),
  outputs: inducingGpOutputs,
  check: ({ table }, parameters) => checkFit(table, parameters),
  solve: async ({ table }, parameters, context) => {
    const { holdOut, splitNumber, holdOutShare, blocks, folds, neighbours, ...own } = parameters
    const choice = { holdOut, splitNumber, holdOutShare, blocks, folds }
    const info = await callNative(context, (native, nativeContext) =>
      native.swsgp(
        tableInput(table),
        tableHoldOut(table, choice),
        { ...own, kernel: kernelInput(table, own.kernel) },
        neighbours,
        nativeContext,
      ),
    )
    return fitResult(info, table.dataset, context.folder, async (sizeOf) =>
      inducingArtifacts(
        inputNames(table.dataset),
        info.files.includes('inducingPoints.npy') ? await sizeOf('inducingPoints') : 0,
      ),
    )
  },
})
