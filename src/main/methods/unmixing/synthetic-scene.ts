import { z } from 'zod'
import { defineMethod, output } from '../../../shared/method'
import { callNative } from '../native'
import { solveResult } from './result'

const plain = (name: string, size: number) => ({ name, size, unit: null, coordinates: null, labels: null })

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
    lines: z.int().min(2).max(100_000).default(100).meta({ title: 'Lines', unit: 'pixels', group: 'Size' }),
    samples: z
      .int()
      .min(2)
      .max(100_000)
      .default(100)
      .meta({ title: 'Samples', unit: 'pixels', group: 'Size' }),
    bands: z.int().min(2).max(10_000).default(120).meta({ title: 'Bands', group: 'Size' }),
    endmembers: z.int().min(2).max(64).default(4).meta({ title: 'Endmembers', symbol: 'p' }),
    snr: z.number().min(-20).max(200).nullable().default(30).meta({
      title: 'Signal-to-noise ratio',
      unit: 'dB',
      help: 'Empty: no noise.',
      group: 'Disturbance',
    }),
    purityCap: z.number().positive().max(1).default(1).meta({
      title: 'Purity cap',
      symbol: 'ρ',
      help: 'Largest abundance a pixel may have. One allows pure pixels; it must be at least 1/p.',
      step: 0.05,
    }),
    smoothness: z.number().min(0).max(1000).default(8).meta({
      title: 'Smoothness',
      unit: 'pixels',
      help: 'Correlation length of the abundance fields.',
    }),
    contrast: z.number().min(0).max(100).default(4).meta({
      title: 'Contrast',
      help: 'How peaked the abundances are: larger means nearer to one material a pixel.',
    }),
    corruptedBands: z.int().min(0).max(10_000).default(0).meta({
      title: 'Corrupted bands',
      help: 'Bands replaced by noise.',
      group: 'Disturbance',
    }),
    illumination: z.number().min(0).max(0.99).default(0).meta({
      title: 'Illumination',
      help: 'Half-width of the uniform brightness factor of a pixel: 0.2 gives 0.8 to 1.2.',
      group: 'Disturbance',
      step: 0.05,
    }),
    dtype: z
      .enum(['float32', 'float64'])
      .default('float32')
      .meta({
        title: 'Number type',
        choices: { float32: '32-bit', float64: '64-bit' },
        group: 'Size',
        advanced: true,
      }),
  }),
  outputs: {
    cube: output.matrix({ title: 'Cube', help: 'The scene: line, sample, band.' }),
    endmembers: output.spectra({ title: 'True endmembers' }),
    abundances: output.maps({ title: 'True abundances', scale: 'fraction' }),
    wavelengths: output.matrix({ title: 'Wavelengths', unit: 'µm' }),
    corrupted: output.matrix({ title: 'Corrupted bands' }),
  },
  solve: async (_inputs, parameters, context) => {
    const info = await callNative(context, (native, nativeContext) =>
      native.syntheticScene(parameters, nativeContext),
    )
    const line = plain('line', parameters.lines)
    const sample = plain('sample', parameters.samples)
    const band = plain('band', parameters.bands)
    const endmember = plain('endmember', parameters.endmembers)
    return solveResult(info, [
      { name: 'cube', axes: [line, sample, band] },
      { name: 'endmembers', axes: [band, endmember] },
      { name: 'abundances', axes: [endmember, line, sample] },
      { name: 'wavelengths', axes: [band] },
      { name: 'corrupted', axes: [band] },
    ])
  },
})
