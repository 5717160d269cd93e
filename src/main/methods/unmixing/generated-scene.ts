import { z } from 'zod'
import type { Axis } from '../../../shared/array'
import { output, type SolveResult } from '../../../shared/method'
import type { Info } from '../native'
import { plainAxis } from './preparation'
import { solveResult } from './result'

/** What every generated scene can be asked for. */
export const sceneParameters = {
  lines: z.int().min(2).max(100_000).default(100).meta({ title: 'Lines', unit: 'pixels', group: 'Size' }),
  samples: z.int().min(2).max(100_000).default(100).meta({ title: 'Samples', unit: 'pixels', group: 'Size' }),
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
}

/** What every generator of a scene gives: the scene and its truth. */
export const sceneOutputs = {
  cube: output.matrix({ title: 'Cube', help: 'The scene: line, sample, band.' }),
  endmembers: output.spectra({ title: 'True endmembers' }),
  abundances: output.maps({ title: 'True abundances', scale: 'fraction' }),
}

/** The files of a scene with their axes; `names` are those of its materials, null where they have none. */
export function sceneResult(
  info: Info,
  size: { lines: number; samples: number; endmembers: number },
  band: Axis,
  names: string[] | null,
): SolveResult {
  const line = plainAxis('line', size.lines)
  const sample = plainAxis('sample', size.samples)
  const endmember = { ...plainAxis('endmember', size.endmembers), labels: names }
  return solveResult(info, [
    { name: 'cube', axes: [line, sample, band] },
    { name: 'endmembers', axes: [band, endmember] },
    { name: 'abundances', axes: [endmember, line, sample] },
  ])
}
