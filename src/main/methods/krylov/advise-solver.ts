import { join } from 'node:path'
import { z } from 'zod'
import { defineMethod, input, output } from '../../../shared/method'
import { writeNpy } from '../../formats'
import { advise } from './advice'
import { combinationName, isDirect, proposalOf } from './combination'
import { knownFacts } from './known-facts'
import { problemParameters } from './solve-parameters'
import { checkProblem, plainAxis } from './solve-system'

const quantities = ['order', 'direct (1) or iterative (0)'] as const

/** Says what to try on a matrix, by rules that are told with their evidence. */
export const adviseSolver = defineMethod({
  id: 'advise-solver',
  family: 'krylov',
  version: 1,
  title: 'Advise a solver',
  summary:
    'A short list of what to try on this matrix, each with the rule that led to it and the evidence in the matrix. Nothing is solved.',
  equations: [
    {
      latex: String.raw`\lambda_{\min} \ge \min_i \Bigl( a_{ii} - \sum_{j \ne i} \lvert a_{ij} \rvert \Bigr)`,
      caption:
        'Gershgorin: where the right side is positive, a Hermitian matrix is proved positive definite. Where it is not, sixty steps of Lanczos look for a negative direction, which proves the contrary; finding none proves nothing, and the words say so.',
    },
  ],
  documentation: `
## When to use it
Before the first solve with a matrix that you do not know.

## What to look out for
- **Rules, not measurements.** The comparison of solvers runs the combinations on your matrix and ranks them by time; it marks those that are advised here.
- **The rules**: not square: least squares. Singular, or looking it: CG, MINRES or LSMR, which live with a null space. Small, or as sparse as a problem in the plane: a factorisation first. Positive definite: CG, with Ruge-Stüben multigrid where the signs are those of a diffusion, with smoothed aggregation where a near-null space came with the matrix, else with incomplete Cholesky. Else GMRES with ILUT, with multigrid first where the matrix is an M-matrix.
`.trim(),
  cite: [
    {
      authors: 'Benzi',
      title: 'Preconditioning techniques for large linear systems: a survey',
      year: 2002,
      venue: 'Journal of Computational Physics 182(2)',
      doi: '10.1006/jcph.2002.7176',
    },
  ],
  inputs: { matrix: input.matrix() },
  params: z.object({ system: problemParameters.system }),
  outputs: {
    suggestions: output.table({
      title: 'Suggestions',
      help: 'In the order in which to try them; rules and evidence are among the findings.',
    }),
  },
  check: ({ matrix }, { system }) => checkProblem(matrix, { system, rightHandSide: 'automatic' }),
  solve: async ({ matrix }, { system }, context) => {
    const started = performance.now()
    const facts = await knownFacts(matrix, system, context)
    const suggestions = advise(facts)
    const shape = [suggestions.length, quantities.length]
    const values = suggestions.flatMap((suggestion, at) => [at + 1, isDirect(suggestion) ? 1 : 0])
    await writeNpy(join(context.folder, 'suggestions.npy'), 'float64', shape, Float64Array.from(values))
    const names = suggestions.map(combinationName)
    const [first] = names
    return {
      iterations: 0,
      stopReason: 'finished',
      stopMessage: `Try ${first ?? 'nothing'} first.`,
      figures: { suggestions: suggestions.length },
      setupSeconds: (performance.now() - started) / 1000,
      iterationSeconds: 0,
      peakMemoryBytes: 0,
      warnings: [],
      notes: suggestions.map(
        ({ rule, evidence }, at) => `${at + 1}. ${names[at] ?? ''}. ${rule} Evidence: ${evidence}`,
      ),
      proposals: suggestions.map((suggestion) => proposalOf(suggestion, system)),
      artifacts: [
        {
          name: 'suggestions',
          axes: [
            { ...plainAxis('suggestion', names.length), labels: names },
            { ...plainAxis('quantity', quantities.length), labels: [...quantities] },
          ],
        },
      ],
    }
  },
})
