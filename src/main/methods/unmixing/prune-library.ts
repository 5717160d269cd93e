import { z } from 'zod'
import { defineMethod, output } from '../../../shared/method'
import { callNative } from '../native'
import { libraryInputs } from './library'
import { takenVector } from '../written-vector'
import { plainAxis } from './preparation'
import { solveResult } from './result'
import { sparseUnmixing } from './citations'

/** Numbers, from zero, of the spectra a native function kept. */
export async function keptLabels(folder: string, labels: readonly string[] | null): Promise<string[]> {
  const kept = await takenVector(folder, 'kept.npy')
  return kept.map((index) => labels?.[index] ?? `Spectrum ${index + 1}`)
}

/** Keeps the spectra of a library that can be told apart. */
export const pruneLibrary = defineMethod({
  id: 'prune-library',
  family: 'unmixing',
  version: 1,
  title: 'Prune a library',
  summary: 'Keeps spectra that lie at least a given angle apart: a smaller library that can be told apart.',
  equations: [
    {
      latex: String.raw`\operatorname{angle}(\mathbf a_i, \mathbf a_j) = \arccos \frac{\mathbf a_i^{\mathsf T} \mathbf a_j}{\lVert \mathbf a_i \rVert \lVert \mathbf a_j \rVert} \ge \alpha \quad \text{for all kept } i \ne j`,
      caption: 'aᵢ: spectra of the library; α: the angle.',
    },
  ],
  documentation: `
## When to use it
Before sparse unmixing. Spectra that are nearly the same make the problem badly conditioned: their abundances are shared at random.

## What to look out for
- **The rule.** From the first spectrum to the last, each one that was not taken away is kept and takes away every later one nearer than the angle. The order of the library therefore matters: the first of a family stays.
- **The order of what is kept**: by the angle to the nearest other one, smallest first, as in the published experiments.
- Spectra with missing values, and spectra that are zero everywhere, are left out; the run says how many.
`.trim(),
  cite: [sparseUnmixing],
  inputs: { library: libraryInputs.library },
  params: z.object({
    angle: z.number().min(0).max(179).default(4.44).meta({
      title: 'Smallest angle',
      symbol: 'α',
      unit: '°',
      help: '4.44° is what the published experiments use; it keeps about half of a mineral library.',
    }),
  }),
  outputs: {
    spectra: output.spectra({ title: 'Kept spectra', help: 'Can be given to later runs as a library.' }),
    nearest: output.bars({ title: 'Angle to the nearest other spectrum', unit: '°' }),
  },
  solve: async ({ library }, { angle }, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.pruneLibrary(library.source, angle, nativeContext),
    )
    const labels = await keptLabels(context.folder, library.labels)
    const spectrum = { ...plainAxis('spectrum', labels.length), labels }
    return solveResult(info, [
      { name: 'spectra', axes: [library.bands, spectrum] },
      { name: 'nearest', axes: [spectrum] },
    ])
  },
})
