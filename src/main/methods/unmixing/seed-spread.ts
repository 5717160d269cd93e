import { z } from 'zod'
import { defineMethod, input, type CubeValue, type Method } from '../../../shared/method'
import { checkCube, negativeValuesParameter, preparationParameters, splitPreparation } from './preparation'
import { repeatOutputs } from './repeat-outputs'
import { mixtureAxes, runRepeats } from './repeat-runs'
import { blindCall, blindMethods, repeatedMethodParameters } from './repeated-method'

/** Repeats any blind method over seeds: what comes out again and again can be trusted. */
export function seedSpreadOf(methods: readonly Method[]): Method {
  const blind = blindMethods(methods)
  const callOf = (
    cube: CubeValue,
    values: Parameters<typeof blindCall>[2] & Parameters<typeof splitPreparation>[0],
  ) => blindCall(blind, cube, values, splitPreparation(values).preparation)
  return defineMethod({
    id: 'seed-spread',
    family: 'unmixing',
    version: 1,
    title: 'Spread over seeds',
    summary:
      'Repeats a blind method with many seeds: means, deviations and agreement show which of its answers depend on luck.',
    equations: [
      {
        latex: String.raw`\bar{\mathbf M} = \tfrac1k \sum_{i=1}^{k} \mathbf M^{(i)} \mathbf P_i, \qquad \mathbf S = \Bigl( \tfrac{1}{k-1} \sum_{i=1}^{k} \bigl(\mathbf M^{(i)} \mathbf P_i - \bar{\mathbf M}\bigr)^{\circ 2} \Bigr)^{\circ 1/2}`,
        caption:
          'M⁽ⁱ⁾: endmembers of repeat i, which runs with the seed + i; Pᵢ: the permutation at the smallest total spectral angle to the repeat that lies in the middle; S: standard deviation, entry by entry. Abundances are joined with the same permutations.',
      },
    ],
    documentation: `
## When to use it
Before trusting a blind result. Blind methods start from random draws and end in local minima; a spectrum or a map that changes with the seed says more about the seed than about the scene.

## What to look out for
- **Agreement is not truth.** A method can be wrong in the same way every time. A small spread says that the answer is reproducible, not that the model is right.
- **Several answers** show as blocks in the pairwise agreement. The mean over two different answers is neither of them: look at the agreement before the means.
- **The mean is no solution.** Mean endmembers times mean abundances do not fit the scene as well as any single repeat does.
- **Time.** A spread of k repeats takes k times as long. A cancelled run joins the repeats that were finished.
`.trim(),
    cite: [
      {
        authors: 'Kuhn',
        title: 'The Hungarian method for the assignment problem',
        year: 1955,
        venue: 'Naval Research Logistics Quarterly 2',
        doi: '10.1002/nav.3800020109',
      },
    ],
    inputs: { cube: input.cube() },
    params: z.object({
      ...repeatedMethodParameters(blind),
      repeats: z.int().min(2).max(200).default(10).meta({
        title: 'Repeats',
        symbol: 'k',
        help: 'How many seeds to try: the seed of this run and the ones that follow it.',
      }),
      ...preparationParameters,
      negativeValues: negativeValuesParameter,
    }),
    outputs: repeatOutputs,
    check: ({ cube }, values) => {
      checkCube(cube.dataset, splitPreparation(values).preparation, values.endmembers)
      const { method, inputs, parameters } = callOf(cube, values)
      method.check(inputs, parameters)
    },
    solve: ({ cube }, values, context) => {
      const { method, inputs, parameters } = callOf(cube, values)
      const repeats = Array.from({ length: values.repeats }, (_, index) => {
        const seed = (context.seed + index) % Number.MAX_SAFE_INTEGER
        return {
          name: `seed ${seed}`,
          solve: (own: typeof context) => method.solve(inputs, parameters, { ...own, seed }),
        }
      })
      const axes = mixtureAxes(cube.dataset, splitPreparation(values).preparation)
      return runRepeats({ repeats, axes, names: null, order: null }, context)
    },
  })
}
