import type { Axis } from '../../shared/array'
import { positionAt } from '../../shared/axis-coordinates'
import { thinning, type SliceRequest } from '../../shared/tensor-slice'
import { npyHeader } from './npy'
import type { SlicePlane } from './tensor-slice'

/** A slice as the bytes of a .npy file (rows, columns), which imports again as a tensor of two modes. */
export function sliceNpy({ values, shape }: SlicePlane): Blob {
  const dtype = values instanceof Float32Array ? 'float32' : 'float64'
  const header = npyHeader(dtype, shape)
  const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength)
  return new Blob([new Uint8Array(header), bytes])
}

/** A slice as a long table: the place of every entry that is there, and its value. Imports again as a scattered tensor. */
export function sliceCsv({ values, shape }: SlicePlane, axes: readonly Axis[], slice: SliceRequest): string {
  const [rows, columns] = [axes[slice.rows], axes[slice.columns]]
  const place = (axis: Axis | undefined, shown: number, index: number): string => {
    if (axis === undefined) return String(index)
    const entry = index * thinning(axis.size, Math.max(1, shown)).step
    return csvCell(axis.labels?.[entry] ?? String(positionAt(axis, entry)))
  }
  const lines = [`${csvCell(rows?.name ?? 'row')},${csvCell(columns?.name ?? 'column')},value`]
  for (let row = 0; row < shape[0]; row += 1) {
    for (let column = 0; column < shape[1]; column += 1) {
      const value = values[row * shape[1] + column] ?? Number.NaN
      if (Number.isFinite(value)) {
        lines.push(`${place(rows, shape[0], row)},${place(columns, shape[1], column)},${value}`)
      }
    }
  }
  return `${lines.join('\n')}\n`
}

/** Text as a cell of a table: quoted where it has to be. */
export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
