import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  defineMethod,
  input,
  type CubeValue,
  type Method,
  type SolveContext,
  type SolveResult,
} from '../../../shared/method'
import { readNpyHeader } from '../../formats'
import { callNative } from '../native'
import { preparePixels, sampledCube, wholeCube } from './prepared-cube'
import {
  checkCube,
  cubeInput,
  negativeValuesParameter,
  preparationParameters,
  splitPreparation,
} from './preparation'
import { repeatOutputs } from './repeat-outputs'
import { cancelledEarly, mixtureAxes, runRepeats } from './repeat-runs'
import { alreadyPrepared, blindCall, blindMethods, repeatedMethodParameters } from './repeated-method'
import { solveResult } from './result'

/** Largest violation of the optimality conditions of the abundances, relative. */
const tolerance = 1e-12

/** Repeats any blind method on resampled pixels: how much the answer hangs on which pixels the scene happens to hold. */
export function bootstrapOf(methods: readonly Method[]): Method {
  const blind = blindMethods(methods)
  return defineMethod({
    id: 'bootstrap',
    family: 'unmixing',
    version: 1,
    title: 'Bootstrap over pixels',
    summary:
      'Refits a blind method to pixels drawn with replacement: deviations of endmembers and abundances without any assumption on the noise.',
    equations: [
      {
        latex: String.raw`\mathbf Y^{(i)} = \bigl[\mathbf y_{n_1}, \dots, \mathbf y_{n_N}\bigr],\ n_j \sim \mathcal U\{1, \dots, N\}, \qquad \mathbf M^{(i)} = \operatorname{unmix}\bigl(\mathbf Y^{(i)}\bigr), \qquad \mathbf A^{(i)} = \operatorname*{arg\,min}_{\mathbf A \ge 0,\ \mathbf 1^{\mathsf T} \mathbf A = \mathbf 1^{\mathsf T}} \lVert \mathbf Y - \mathbf M^{(i)} \mathbf A \rVert_F^2`,
        caption:
          'Each repeat draws as many pixels as the scene has, with replacement, finds endmembers in them, and solves for the abundances of the whole scene. Repeats are matched by spectral angle and joined as means and standard deviations.',
      },
    ],
    documentation: `
## When to use it
To put error bars on endmembers and abundances. The bootstrap asks what would have come out had the scene held other pixels of the same kind; it needs no model of the noise.

## What to look out for
- **Rare materials** may be missing from a sample: a large deviation of one endmember often means that few pixels carry it.
- **Neighbours are lost.** A sample is a list of pixels and not a picture. Methods that look at neighbours then see those of the list.
- **Neighbouring pixels are alike,** so they count less than their number says; the deviations are on the low side.
- **The seed stays the same** for every repeat, so that only the sample changes. Use the spread over seeds for the rest.
- **Disk.** The prepared scene and one sample lie in the folder of the run while it works, eight bytes a number.
`.trim(),
    cite: [
      {
        authors: 'Efron',
        title: 'Bootstrap methods: another look at the jackknife',
        year: 1979,
        venue: 'The Annals of Statistics 7(1)',
        doi: '10.1214/aos/1176344552',
      },
    ],
    inputs: { cube: input.cube() },
    params: z.object({
      ...repeatedMethodParameters(blind),
      repeats: z.int().min(2).max(1000).default(20).meta({
        title: 'Repeats',
        symbol: 'k',
        help: 'How many samples to draw. Twenty give the deviations to about a sixth of themselves.',
      }),
      ...preparationParameters,
      negativeValues: negativeValuesParameter,
    }),
    outputs: repeatOutputs,
    check: ({ cube }, values) => {
      const { preparation } = splitPreparation(values)
      checkCube(cube.dataset, preparation, values.endmembers)
      const { method, inputs, parameters } = blindCall(blind, cube, values, preparation)
      method.check(inputs, parameters)
    },
    solve: async ({ cube }, values, context) => {
      const { preparation } = splitPreparation(values)
      const folder = join(context.folder, 'prepared')
      await mkdir(folder)
      const input = cubeInput(cube, preparation, values.negativeValues)
      const clip = values.negativeValues === 'clip'
      const prepared = await preparePixels(input, clip, null, { ...context, folder })
      if (prepared.stopReason === 'cancelled') {
        await rm(folder, { recursive: true })
        return cancelledEarly(prepared.warnings)
      }
      const whole = await wholeCube(cube, preparation, folder)
      const repeats = Array.from({ length: values.repeats }, (_, index) => ({
        name: `sample ${index + 1}`,
        solve: async (own: SolveContext) => {
          const drawn = await preparePixels(input, clip, index, own)
          if (drawn.stopReason === 'cancelled') return solveResult(drawn, [])
          const sample = await sampledCube(cube, preparation, own.folder)
          const { method, inputs, parameters } = blindCall(blind, sample, values, alreadyPrepared)
          return refit(method, inputs, parameters, whole, own)
        },
      }))
      const axes = mixtureAxes(cube.dataset, preparation)
      const result = await runRepeats({ repeats, axes, names: null, order: null }, context)
      await rm(folder, { recursive: true })
      return { ...result, warnings: [...prepared.warnings, ...result.warnings] }
    },
  })
}

/** Finds endmembers in a sample, then the abundances of the whole scene. */
async function refit(
  method: Method,
  inputs: Parameters<Method['solve']>[0],
  parameters: Record<string, unknown>,
  whole: CubeValue,
  context: SolveContext,
): Promise<SolveResult> {
  const folder = join(context.folder, 'fit')
  await mkdir(folder)
  const found = await method.solve(inputs, parameters, { ...context, folder })
  if (found.stopReason === 'cancelled') return found
  const path = join(folder, 'endmembers.npy')
  const endmembers = { ...(await readNpyHeader(path)), path }
  // Everything is told of the fit; the abundances follow from it.
  const info = await callNative(context, (native, nativeContext) =>
    native.fcls(cubeInput(whole, alreadyPrepared), endmembers, { tolerance }, nativeContext),
  )
  return { ...solveResult(info, []), warnings: found.warnings }
}
