import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { FiligreeError } from '../../../shared/failure'
import {
  defineMethod,
  input,
  type CubeValue,
  type SolveContext,
  type SolveResult,
  type SpectraValue,
} from '../../../shared/method'
import { readNpyHeader } from '../../formats'
import { callNative, type Info } from '../native'
import { checkGivenSpectra, spectraCount } from './given-spectra'
import { mixtureArtifacts, positionsOutput, unmixingOutputs } from './outputs'
import {
  type Preparation,
  checkCube,
  cubeInput,
  keptBandAxis,
  preparationParameters,
  splitPreparation,
  unmixingAxes,
} from './preparation'
import { solveResult } from './result'
import { fullyConstrained } from './citations'

/** Fully constrained least squares: exact abundances for known endmembers. */
export const fcls = defineMethod({
  id: 'fcls',
  family: 'unmixing',
  version: 1,
  title: 'Fully constrained least squares',
  summary: 'Abundances for known endmembers: non-negative, summing to one, exact for every pixel.',
  equations: [
    {
      latex: String.raw`\min_{\mathbf a}\ \tfrac12 \lVert \mathbf y - \mathbf M \mathbf a \rVert_2^2 \quad \text{subject to} \quad \mathbf a \ge 0,\ \mathbf 1^{\mathsf T} \mathbf a = 1`,
      caption:
        'y: one pixel; M: endmembers, a column each; a: its abundances. Solved for every pixel on its own, by an active set.',
    },
    {
      latex: String.raw`\min_{\mathbf a \ge 0}\ \tfrac12 \lVert \mathbf y - \mathbf M \mathbf a \rVert_2^2 + \tfrac{\delta^2 s^2}{2} \bigl( 1 - \mathbf 1^{\mathsf T} \mathbf a \bigr)^2`,
      caption: 'With a soft sum to one; δ: its weight; s: root mean square length of the endmembers.',
    },
  ],
  documentation: `
## When to use it
When the endmembers are known: from the truth, from a library, or from an earlier run. Without any, vertex component analysis looks for them first, which makes the classical pair "VCA + FCLS" that other methods are measured against.

## What to look out for
- **The scale of the endmembers counts.** Abundances that sum to one only make sense if spectra and pixels are on one scale. Truth files and libraries often are not; scaling both to unit length (the default) settles it. On a calibrated scene with endmembers of the same calibration choose "as it is": the abundances are then shares of area.
- **A missing material shows in the residual map**, not in the abundances: they are forced to explain everything with what they have.
- **Hard or soft.** A hard sum puts brightness that varies into the abundances or the residual; a soft one lets the sum follow it a little. The mean deviation of the sums from one is among the figures.
- **Nothing is approximate.** Every pixel is solved exactly; the tolerance is the largest relative violation of the optimality conditions that is accepted.
`.trim(),
  cite: [fullyConstrained],
  inputs: {
    cube: input.cube(),
    spectra: input.spectra({
      optional: true,
      title: 'Endmembers',
      help: 'Spectra of the materials, from the truth or from an earlier run. None: vertex component analysis finds them first.',
    }),
  },
  params: z.object({
    endmembers: z.int().min(2).max(64).nullable().default(null).meta({
      title: 'Endmembers to find',
      symbol: 'p',
      help: 'How many vertex component analysis looks for. Only without given endmembers; leave empty otherwise.',
    }),
    sumToOne: z
      .enum(['hard', 'soft'])
      .default('hard')
      .meta({
        title: 'Sum to one',
        help: 'Hard: the abundances of a pixel sum to one exactly. Soft: they are drawn towards one by a weight, which forgives some brightness.',
        choices: { hard: 'Exactly', soft: 'By a weight' },
      }),
    sumToOneWeight: z.number().positive().max(1e4).default(1).meta({
      title: 'Sum-to-one weight',
      symbol: 'δ',
      help: 'Only for a soft sum to one: weight of the appended row, relative to the root mean square length of the endmembers. Ten comes close to a hard sum, 0.1 to none.',
      advanced: true,
      logarithmic: true,
    }),
    tolerance: z.number().positive().max(1e-2).default(1e-12).meta({
      title: 'Tolerance',
      help: 'Largest violation of the optimality conditions, relative to the length of the pixel, at which it counts as solved.',
      group: 'Stopping',
      advanced: true,
      logarithmic: true,
    }),
    ...preparationParameters,
  }),
  outputs: { ...unmixingOutputs, positions: positionsOutput(true) },
  check: ({ cube, spectra }, { endmembers, ...preparation }) => {
    checkEndmemberSource(spectra, endmembers)
    checkCube(cube.dataset, preparation, endmembers)
    if (spectra !== null) checkGivenSpectra(cube.dataset, preparation, spectra)
  },
  solve: ({ cube, spectra }, parameters, context) => {
    const {
      preparation,
      own: { endmembers, ...constraints },
    } = splitPreparation(parameters)
    if (spectra !== null) return unmix(cube, spectra, preparation, constraints, context)
    return findAndUnmix(cube, endmembers ?? 0, preparation, constraints, context)
  },
})

function checkEndmemberSource(spectra: SpectraValue | null, endmembers: number | null): void {
  if (spectra === null && endmembers === null) {
    throw new FiligreeError(
      'invalid-parameter',
      "FCLS needs endmembers. Give it spectra from the truth or from an earlier run, or say how many vertex component analysis shall find ('endmembers').",
      { field: 'endmembers' },
    )
  }
  if (spectra !== null && endmembers !== null && endmembers !== spectraCount(spectra)) {
    throw new FiligreeError(
      'invalid-parameter',
      `${endmembers} endmembers were asked for, but ${spectraCount(spectra)} spectra were given ${spectra.from}. Leave the number empty to use the given ones.`,
      { field: 'endmembers' },
    )
  }
}

interface Constraints {
  sumToOne: 'hard' | 'soft'
  sumToOneWeight: number
  tolerance: number
}

async function unmix(
  cube: CubeValue,
  spectra: SpectraValue,
  preparation: Preparation,
  constraints: Constraints,
  context: SolveContext,
): Promise<SolveResult> {
  const input = cubeInput(cube, preparation, 'refuse', spectra)
  const { sumToOne, sumToOneWeight, tolerance } = constraints
  const info = await callNative(context, (native, nativeContext) =>
    sumToOne === 'hard'
      ? native.fcls(input, spectra.source, { tolerance }, nativeContext)
      : native.nnls(input, spectra.source, { sumToOneWeight, tolerance }, nativeContext),
  )
  const count = spectraCount(spectra)
  return solveResult(info, mixtureArtifacts(cube.dataset, preparation, count, spectra.labels))
}

/** VCA writes into a folder of its own, so that its spectra and the ones FCLS used do not overwrite each other. */
async function findAndUnmix(
  cube: CubeValue,
  endmembers: number,
  preparation: Preparation,
  constraints: Constraints,
  context: SolveContext,
): Promise<SolveResult> {
  const folder = join(context.folder, 'vca')
  await mkdir(folder)
  const found = await callNative({ ...context, folder }, (native, nativeContext) =>
    native.vca(cubeInput(cube, preparation), { endmembers, snr: null }, nativeContext),
  )
  if (found.stopReason === 'cancelled') {
    await rm(folder, { recursive: true })
    return solveResult({ ...found, files: [] }, [])
  }
  const path = join(folder, 'endmembers.npy')
  const layout = await readNpyHeader(path)
  const spectra: SpectraValue = {
    source: { ...layout, path },
    bands: keptBandAxis(cube.dataset, preparation),
    labels: null,
    from: 'found by vertex component analysis',
    normalisation: preparation.normalisation,
  }
  const result = await unmix(cube, spectra, preparation, constraints, context)
  await rename(join(folder, 'positions.npy'), join(context.folder, 'positions.npy'))
  await rm(folder, { recursive: true })
  return withStart(result, found, {
    name: 'positions',
    axes: unmixingAxes(cube.dataset, preparation).positions(endmembers),
  })
}

/** Looking for the endmembers is set-up; what VCA warned of still counts. */
function withStart(
  result: SolveResult,
  start: Info,
  positions: SolveResult['artifacts'][number],
): SolveResult {
  return {
    ...result,
    setupSeconds: result.setupSeconds + start.setupSeconds + start.iterationSeconds,
    peakMemoryBytes: Math.max(result.peakMemoryBytes, start.peakMemoryBytes),
    warnings: [...start.warnings, ...result.warnings],
    artifacts: [...result.artifacts, positions],
  }
}
