import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { rowMajorStrides } from '../../../shared/array'
import { FiligreeError } from '../../../shared/failure'
import {
  defineMethod,
  input,
  type CubeValue,
  type Method,
  type SolveContext,
  type SolveResult,
  type SpectraValue,
} from '../../../shared/method'
import { writeNpy } from '../../formats'
import { spectraCount } from './given-spectra'
import { checkCube, negativeValuesParameter, preparationParameters, splitPreparation } from './preparation'
import { repeatOutputs } from './repeat-outputs'
import { mixtureAxes, runRepeats } from './repeat-runs'
import { libraryMethods, methodParameter, parametersOfRepeats, settingsParameter } from './repeated-method'
import { columns } from './score'

/** Every spectrum takes part in at least so many repeats: a deviation needs two. */
const leastRepeats = 2

const library = input.spectra({
  title: 'Library',
  help: 'The spectra that parts are drawn of: a library, a truth or the endmembers of an earlier run.',
})

/** Repeats a library method on random parts of the library: which spectra stand in for each other. */
export function librarySubsetsOf(methods: readonly Method[]): Method {
  const offered = libraryMethods(methods)
  const callOf = (cube: CubeValue, spectra: SpectraValue, values: Values) => {
    const found = offered.find(({ method }) => method.description.id === values.method)
    if (found === undefined) throw new Error(`'${values.method}' was offered, but is not there.`)
    const { method, input: name } = found
    const fixed = {
      endmembers: null,
      negativeValues: values.negativeValues,
      ...splitPreparation(values).preparation,
    }
    const nothing = Object.fromEntries(method.description.inputs.map((own) => [own.name, null]))
    return {
      method,
      inputs: (part: SpectraValue) => ({ ...nothing, cube, [name]: part }),
      parameters: parametersOfRepeats(method, values.settings, fixed),
      whole: { ...nothing, cube, [name]: spectra },
    }
  }
  const { abundances, abundancesDeviation, components } = repeatOutputs
  return defineMethod({
    id: 'library-subsets',
    family: 'unmixing',
    version: 1,
    title: 'Bootstrap over a library',
    summary:
      'Unmixes with random parts of a library: abundances that change when other spectra are missing belong to spectra that stand in for each other.',
    equations: [
      {
        latex: String.raw`\mathcal L_i \subset \{1, \dots, m\},\ |\mathcal L_i| = \lceil f m \rceil, \qquad \bar a_j = \operatorname{mean}_{i:\, j \in \mathcal L_i} a_j^{(i)}, \qquad s_j = \operatorname{sd}_{i:\, j \in \mathcal L_i} a_j^{(i)}`,
        caption:
          'Repeat i unmixes with the part Lᵢ of the m spectra, drawn without replacement; aⱼ⁽ⁱ⁾: abundance of spectrum j in it. Mean and deviation are over the repeats the spectrum took part in.',
      },
    ],
    documentation: `
## When to use it
After a sparse regression with a library that holds many similar spectra. Where two spectra can stand in for each other, the abundances of either jump whenever the other one is missing.

## What to look out for
- **The spread has two sides.** A large deviation means that the spectrum competes with others of the library, not that the material is uncertain. Prune the library, and compare.
- **Missing materials.** In some repeats all spectra of a material are missing, and others take their place; the deviations tell of that, too. Keep a large part.
- **Means do not sum to one,** as they are taken over different repeats for different spectra.
- **Files.** While it works, the maps of every repeat lie in the folder of the run.
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
    inputs: {
      cube: input.cube(),
      spectra: library,
    },
    params: z.object({
      method: methodParameter(offered.map(({ method }) => method)),
      settings: settingsParameter,
      repeats: z.int().min(2).max(1000).default(20).meta({
        title: 'Repeats',
        symbol: 'k',
        help: 'How many parts of the library to try.',
      }),
      share: z.number().min(0.1).max(0.99).default(0.8).meta({
        title: 'Share of the library',
        symbol: 'f',
        help: 'How many of the spectra take part in a repeat.',
        step: 0.05,
      }),
      ...preparationParameters,
      negativeValues: negativeValuesParameter,
    }),
    outputs: { abundances, abundancesDeviation, components },
    check: ({ cube, spectra }, values) => {
      checkCube(cube.dataset, splitPreparation(values).preparation, null)
      if (spectraCount(spectra) < 3) {
        throw new FiligreeError(
          'invalid-data',
          `There are ${spectraCount(spectra)} spectra ${spectra.from}, and parts of fewer than three say nothing. Choose a larger library.`,
          { field: 'spectra' },
        )
      }
      const { method, whole, parameters } = callOf(cube, spectra, values)
      method.check(whole, parameters)
    },
    solve: async ({ cube, spectra }, values, context) => {
      const { method, inputs, parameters } = callOf(cube, spectra, values)
      const count = spectraCount(spectra)
      const parts = drawParts(count, values.repeats, values.share, context.seed)
      const repeats = parts.map((part, index) => ({
        name: `part ${index + 1}`,
        solve: async (own: SolveContext) => {
          const some = await partOf(spectra, part, own.folder)
          return withSpectra(await method.solve(inputs(some), parameters, own), own.folder)
        },
      }))
      const order = (repeat: number) =>
        Array.from({ length: count }, (_, spectrum) => parts[repeat]?.indexOf(spectrum) ?? -1)
      const axes = mixtureAxes(cube.dataset, splitPreparation(values).preparation)
      return runRepeats({ repeats, axes, names: spectra.labels, order }, context)
    },
  })
}

type Values = Parameters<typeof splitPreparation>[0] & {
  method: string
  settings: string
  negativeValues: string
}

/**
 * Parts of a library, each with its spectra in rising order: for every repeat those that come first when all are
 * sorted by a hash of seed, repeat and spectrum. Spectra that were drawn too rarely join the first parts without them.
 */
export function drawParts(count: number, repeats: number, share: number, seed: number): number[][] {
  const size = Math.min(count, Math.max(2, Math.ceil(share * count)))
  const parts = Array.from({ length: repeats }, (_, repeat) => {
    const keys = Array.from({ length: count }, (_, spectrum) => ({
      spectrum,
      key: createHash('sha256').update(`${seed}/${repeat}/${spectrum}`).digest('hex'),
    }))
    return keys
      .sort((one, other) => (one.key < other.key ? -1 : 1))
      .slice(0, size)
      .map(({ spectrum }) => spectrum)
  })
  for (let spectrum = 0; spectrum < count; spectrum += 1) {
    const missing = leastRepeats - parts.filter((part) => part.includes(spectrum)).length
    const without = parts.filter((part) => !part.includes(spectrum)).slice(0, Math.max(0, missing))
    without.forEach((part) => part.push(spectrum))
  }
  return parts.map((part) => part.sort((one, other) => one - other))
}

const partFile = 'part.npy'

async function partOf(spectra: SpectraValue, part: readonly number[], folder: string): Promise<SpectraValue> {
  const all = await columns(spectra.source)
  const shape = [all[0]?.length ?? 0, part.length]
  const values = Float64Array.from(
    { length: (shape[0] ?? 0) * part.length },
    (_, index) => all[part[index % part.length] ?? 0]?.[Math.floor(index / part.length)] ?? Number.NaN,
  )
  const path = join(folder, partFile)
  const { dtype, byteOrder, offset } = await writeNpy(path, 'float64', shape, values)
  return {
    ...spectra,
    source: { path, dtype, byteOrder, offset, shape, strides: rowMajorStrides(shape) },
    labels: spectra.labels === null ? null : part.map((spectrum) => spectra.labels?.[spectrum] ?? ''),
  }
}

/** A method that gives back no endmembers used the ones it was given. */
async function withSpectra(result: SolveResult, folder: string): Promise<SolveResult> {
  const endmembers = join(folder, 'endmembers.npy')
  if (!existsSync(endmembers)) await rename(join(folder, partFile), endmembers)
  return result
}
