import type { MethodDescription } from '../../shared/method'
import type { Artifact } from '../../shared/run'
import type { DataArray } from '../client/data'
import type { PixelPosition } from '../maps/map-view'

/** The method that takes endmembers from pixels a person names, and its parameter that names them. */
const pickingMethod = { id: 'picked-pixels', parameter: 'pixels' } as const

/** Whether points are pixels of the scene: their coordinates are line and sample. */
export function readsAsPixels(artifact: Artifact): boolean {
  const labels = artifact.axes[1]?.labels ?? []
  return artifact.meaning === 'points' && labels[0] === 'line' && labels[1] === 'sample'
}

/** Points as pixels. */
export function pixelsOf({ values, shape }: DataArray): PixelPosition[] {
  const width = shape[1] ?? 2
  return Array.from({ length: shape[0] ?? 0 }, (_, point) => ({
    line: Number(values[width * point]),
    sample: Number(values[width * point + 1]),
  }))
}

/** Address of the form that starts a run with these pixels; null where no method takes any. */
export function pickingQuery(
  methods: readonly MethodDescription[],
  dataset: string | null,
  pixels: readonly PixelPosition[],
): Record<string, string> | null {
  const method = methods.find(({ id }) => id === pickingMethod.id)
  const parameter = method?.parameters.find(({ name }) => name === pickingMethod.parameter)
  if (method === undefined || parameter === undefined || dataset === null) return null
  const numbers = pixels.flatMap(({ line, sample }) => [line, sample])
  return {
    method: method.id,
    dataset,
    parameters: JSON.stringify({ [parameter.name]: numbers }),
  }
}
