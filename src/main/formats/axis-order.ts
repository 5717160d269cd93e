import type { ImportOption } from '../../shared/dataset'
import { grouped } from './wording'

/** The six ways the axes of a cube may lie in a three-dimensional array. */
export const axisOrders = [
  'line-sample-band',
  'band-line-sample',
  'sample-line-band',
  'band-sample-line',
  'line-band-sample',
  'sample-band-line',
] as const
export type AxisOrder = (typeof axisOrders)[number]

/** For each of line, sample and band, the axis of the array it is. */
export function axesOfOrder(order: AxisOrder): [line: number, sample: number, band: number] {
  const names = order.split('-')
  return [names.indexOf('line'), names.indexOf('sample'), names.indexOf('band')]
}

/** Reorders something that has an entry an axis into (line, sample, band). */
export function inCubeOrder(order: AxisOrder, perAxis: readonly number[]): [number, number, number] {
  const [line, sample, band] = axesOfOrder(order)
  return [perAxis[line] ?? 0, perAxis[sample] ?? 0, perAxis[band] ?? 0]
}

/** Sizes other parts of a file name; null where nothing does. */
export interface SizeHints {
  lines: number | null
  samples: number | null
  bands: number | null
}

/**
 * The order that fits most named sizes; without any, the odd one of two equal sizes is the band axis,
 * and otherwise the last axis is, as MATLAB and Python code keeps cubes.
 */
export function guessAxisOrder(shape: readonly number[], hints: SizeHints): AxisOrder {
  const [first, second, third] = shape
  const unhinted: AxisOrder =
    second === third && first !== second
      ? 'band-line-sample'
      : first === third && second !== first
        ? 'line-band-sample'
        : 'line-sample-band'
  const fit = (order: AxisOrder): number => {
    const [lines, samples, bands] = inCubeOrder(order, shape)
    return Number(lines === hints.lines) + Number(samples === hints.samples) + Number(bands === hints.bands)
  }
  return axisOrders.reduce((best, order) => (fit(order) > fit(best) ? order : best), unhinted)
}

/** The question for the axis order of an array, each answer with the size it means. */
export function axisOrderOption(shape: readonly number[], value: AxisOrder): ImportOption {
  return {
    key: 'axisOrder',
    title: 'Axis order',
    help: 'Which axis of the array is which. The picture shows lines downwards and samples to the right.',
    type: 'choice',
    choices: axisOrders.map((order) => {
      const [lines, samples, bands] = inCubeOrder(order, shape)
      const words = order.split('-').join(', ')
      return {
        value: order,
        title: `${words}: ${grouped(lines)} lines, ${grouped(samples)} samples, ${grouped(bands)} bands`,
      }
    }),
    value,
  }
}
