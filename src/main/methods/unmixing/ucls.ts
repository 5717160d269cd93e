import { z } from 'zod'
import { defineMethod, input, output } from '../../../shared/method'
import { callNative } from '../native'
import { checkGivenSpectra, spectraCount } from './given-spectra'
import { mixtureArtifacts, unmixingOutputs } from './outputs'
import { checkCube, cubeInput, preparationParameters, unmixingAxes } from './preparation'
import { solveResult } from './result'
import { fullyConstrained } from './citations'

/** Unconstrained least squares: abundances of any sign, as a test of the endmembers. */
export const ucls = defineMethod({
  id: 'ucls',
  family: 'unmixing',
  version: 1,
  title: 'Unconstrained least squares',
  summary:
    'Abundances of any sign and sum: how many fall below zero tells whether the endmembers fit the scene.',
  equations: [
    {
      latex: String.raw`\mathbf a = \mathbf M^{+} \mathbf y = (\mathbf M^{\mathsf T} \mathbf M)^{-1} \mathbf M^{\mathsf T} \mathbf y`,
      caption: 'y: one pixel; M: endmembers, a column each; a: its abundances. Computed by QR.',
    },
  ],
  documentation: `
## When to use it
To judge endmembers rather than to map them. With the right ones, abundances are non-negative by themselves up to the noise; a large fraction below zero says that a material is missing, superfluous, or on another scale. The map shows where.

## What to look out for
- **Half of the abundances of absent materials are below zero by chance**: noise has both signs. Compare how far below they go (smallest abundance) with the noise.
- **Endmembers much alike** blow the noise up; dependent ones are refused.
- **Sums are free.** Where they are far from one, spectra and pixels are on different scales.
`.trim(),
  cite: [fullyConstrained],
  inputs: {
    cube: input.cube(),
    spectra: input.spectra({
      title: 'Endmembers',
      help: 'Spectra of the materials, from the truth, from a library or from an earlier run.',
    }),
  },
  params: z.object(preparationParameters),
  outputs: {
    ...unmixingOutputs,
    abundances: output.maps({
      title: 'Abundances',
      scale: 'diverging',
      help: 'Share of every endmember in every pixel, of any sign.',
    }),
    negativeFraction: output.map({
      title: 'Negative fraction',
      scale: 'fraction',
      help: 'Share of the abundances of a pixel that are below zero.',
    }),
  },
  check: ({ cube, spectra }, preparation) => {
    checkCube(cube.dataset, preparation, spectraCount(spectra))
    checkGivenSpectra(cube.dataset, preparation, spectra)
  },
  solve: async ({ cube, spectra }, preparation, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.ucls(cubeInput(cube, preparation, 'refuse', spectra), spectra.source, nativeContext),
    )
    return solveResult(info, [
      ...mixtureArtifacts(cube.dataset, preparation, spectraCount(spectra), spectra.labels),
      { name: 'negativeFraction', axes: unmixingAxes(cube.dataset, preparation).map() },
    ])
  },
})
