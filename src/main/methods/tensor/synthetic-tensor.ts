import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import { defineMethod, output } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from '../solve-result'
import { componentAxis, modelArtifacts } from './dense-input'
import { ranksFor } from './ranks'

/** A generator: a tensor of known Tucker structure from nothing but a seed. */
export const syntheticTensor = defineMethod({
  id: 'synthetic-tensor',
  family: 'tensor',
  version: 1,
  role: 'generator',
  title: 'Synthetic tensor',
  summary: 'A tensor of known core and factors, with noise and missing entries, from a seed: no file needed.',
  equations: [
    {
      latex: String.raw`\mathcal X = \mathcal G \times_1 \mathbf U_1 \cdots \times_N \mathbf U_N + \eta\, \mathcal E`,
      caption:
        'G: core of normal numbers; Uₙ: random orthonormal factors (or, without negative numbers, their absolute values); the clean tensor has a root mean square of one; E: standard normal noise; η: its level.',
    },
  ],
  documentation: `
## When to use it
To try a decomposition where ranks, core and factors are known, and to see how noise and missing entries change what it finds.

## What to look out for
- **Same seed and parameters, same bytes.** A tensor can be named by its parameters alone.
- **The best error is known.** With noise of level η a model of the true ranks leaves a relative error of about η / √(1 + η²).
- **Factors are known up to rotation** within a mode; compare subspaces, not columns.
`.trim(),
  cite: [],
  inputs: {},
  params: z.object({
    shape: z.array(z.int().min(1)).min(2).max(32).default([60, 50, 40]).meta({
      title: 'Shape',
      help: 'Length of every mode; two modes or more.',
      group: 'Size',
    }),
    ranks: z.array(z.int().min(1)).min(1).max(32).default([5, 4, 3]).meta({
      title: 'Ranks',
      symbol: 'r',
      help: 'One for each mode. A single number counts for every mode.',
      group: 'Size',
    }),
    noise: z.number().min(0).max(1000).default(0.1).meta({
      title: 'Noise',
      symbol: 'η',
      help: 'Standard deviation, relative to the root mean square of the clean tensor.',
      group: 'Disturbance',
      step: 0.05,
    }),
    missing: z.number().min(0).max(0.99).default(0).meta({
      title: 'Missing share',
      help: 'Share of the entries that are NaN, picked at random.',
      group: 'Disturbance',
      step: 0.05,
    }),
    nonnegative: z.boolean().default(false).meta({
      title: 'Nowhere negative',
      help: 'Core and factors without a negative number. Noise may still bring some into the tensor.',
    }),
  }),
  outputs: {
    tensor: output.tensor({ title: 'Tensor' }),
    core: output.tensor({ title: 'True core', scale: 'diverging' }),
    factors: output.factors({ title: 'True factors', each: 'mode' }),
  },
  check: (_inputs, { shape, ranks }) => {
    fitting(shape, ranks)
  },
  solve: async (_inputs, parameters, context) => {
    const { shape } = parameters
    const ranks = fitting(shape, parameters.ranks)
    const info = await callNative(context, (native, nativeContext) =>
      native.syntheticTensor({ ...parameters, shape, ranks }, nativeContext),
    )
    const modes = modesOf(shape)
    return solveResult(info, [{ name: 'tensor', axes: modes }, ...modelArtifacts(modes, ranks)])
  },
})

/** The modes of a synthetic tensor have no names but their numbers. */
function modesOf(shape: readonly number[]) {
  return shape.map((size, mode) => componentAxis(size, `mode ${mode + 1}`))
}

/** The ranks for a shape; refuses what can not be made. */
function fitting(shape: readonly number[], ranks: readonly number[]): number[] {
  const entries = shape.reduce((product, size) => product * size, 1)
  if (entries > 2 ** 26) {
    throw new FiligreeError(
      'invalid-parameter',
      `A tensor of ${shape.join(' × ')} has more than the 67 million entries that are made at most. Shorten a mode.`,
      { field: 'shape' },
    )
  }
  return ranksFor(ranks, modesOf(shape))
}
