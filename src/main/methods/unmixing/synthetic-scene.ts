import { z } from 'zod'
import { defineMethod } from '../../../shared/method'
import { callNative } from '../native'
import { takenVector } from '../written-vector'
import { sceneOutputs, sceneParameters, sceneResult } from './generated-scene'
import { plainAxis } from './preparation'

/** A generator: a scene with its truth from nothing but a seed. */
export const syntheticScene = defineMethod({
  id: 'synthetic-scene',
  family: 'unmixing',
  version: 1,
  role: 'generator',
  title: 'Synthetic scene',
  summary: 'A hyperspectral scene with known endmembers and abundances, from a seed: no file needed.',
  equations: [
    {
      latex: String.raw`\mathbf y_n = s_n\, \mathbf M \mathbf a_n + \boldsymbol\varepsilon_n, \qquad \mathbf a_n \ge 0,\ \mathbf 1^{\mathsf T} \mathbf a_n = 1,\ \max_j a_{jn} \le \rho`,
      caption:
        'M: smooth parametric spectra; aₙ: abundances of pixel n from smooth Gaussian random fields; ρ: purity cap; sₙ: brightness of the pixel; εₙ: Gaussian noise of the chosen signal-to-noise ratio.',
    },
  ],
  documentation: `
## When to use it
To try a method where the answer is known, and to see what breaks it: lower the purity cap until vertex component analysis fails, corrupt bands, add illumination, raise the noise.

## What to look out for
- **Same seed and parameters, same bytes.** A scene can be named in a paper by its parameters alone.
- **The truth is exact.** Unlike the labels of a real scene, which are themselves estimates, an error of zero is possible here without noise.
- **Illumination** scales every pixel by its own factor. Methods on raw pixels then see brightness as material; scaling pixels to unit length removes it.
`.trim(),
  cite: [],
  inputs: {},
  params: z.object({
    ...{ lines: sceneParameters.lines, samples: sceneParameters.samples },
    bands: z.int().min(2).max(10_000).default(120).meta({ title: 'Bands', group: 'Size' }),
    endmembers: z.int().min(2).max(64).default(4).meta({ title: 'Endmembers', symbol: 'p' }),
    ...{ snr: sceneParameters.snr, purityCap: sceneParameters.purityCap },
    ...{ smoothness: sceneParameters.smoothness, contrast: sceneParameters.contrast },
    corruptedBands: z.int().min(0).max(10_000).default(0).meta({
      title: 'Corrupted bands',
      help: 'Bands replaced by noise.',
      group: 'Disturbance',
    }),
    illumination: sceneParameters.illumination,
    dtype: sceneParameters.dtype,
  }),
  outputs: sceneOutputs,
  solve: async (_inputs, parameters, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.syntheticScene(parameters, nativeContext),
    )
    const wavelengths = await takenVector(context.folder, 'wavelengths.npy')
    const corrupted = await takenVector(context.folder, 'corrupted.npy')
    const band = { ...plainAxis('band', parameters.bands), unit: 'µm', coordinates: wavelengths }
    const result = sceneResult(info, parameters, band, null)
    // The scene knows which bands it spoiled, but a real file would not say: methods have to cope.
    const spoiled = corrupted.flatMap((value, index) => (value === 0 ? [] : [index]))
    if (spoiled.length === 0) return result
    const note = `Bands replaced by noise, counted from 0: ${spoiled.join(', ')}.`
    return { ...result, warnings: [...result.warnings, note] }
  },
})
