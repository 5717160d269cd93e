import { join } from 'node:path'
import type { DType } from '../../shared/array'
import type { ImportPreview } from '../../shared/dataset'
import { firstSlice, thinning } from '../../shared/tensor-slice'
import { ArraySummariser } from './array-summary'
import { throwIfCancelled } from './cancellation'
import { previewSide } from './cube-parts'
import type { ImportContext, ImportedDataset, ImporterPreview } from './importer'
import { writeNpy, writeNpyThrough } from './npy-writer'
import type { ArrangedEntries } from './scattered-tensor'
import { modeFacts, modeOptions } from './tensor-modes'
import { shapeText } from './wording'

/** Numbers converted and written at once. */
const writtenAtOnce = 2 ** 20

/** The preview of a scattered tensor: its entries seen along all but its two largest modes. */
export function previewScattered(
  arranged: ArrangedEntries,
  about: Pick<ImportPreview, 'format' | 'name' | 'bytes' | 'variables' | 'options' | 'warnings'> & {
    facts: ImportPreview['facts']
  },
): ImporterPreview {
  const { axes } = arranged
  const sizes = axes.map(({ size }) => size)
  return {
    preview: {
      ...about,
      kind: 'tensor',
      external: false,
      facts: [
        { label: 'Size', value: `${shapeText(sizes)}, scattered` },
        ...arranged.facts,
        ...modeFacts(axes),
        ...about.facts,
      ],
      options: [...about.options, ...arranged.options, ...modeOptions(arranged.modes, axes)],
      axes,
      truth: null,
      previewBand: null,
      warnings: [...about.warnings],
    },
    plane: axes.length < 2 ? null : projected(arranged, sizes),
  }
}

/** The mean of the entries over all modes but two; NaN where there is none. */
function projected(
  { indices, values }: ArrangedEntries,
  sizes: readonly number[],
): NonNullable<ImporterPreview['plane']> {
  const { rows, columns } = firstSlice(sizes)
  const down = thinning(sizes[rows] ?? 0, previewSide)
  const right = thinning(sizes[columns] ?? 0, previewSide)
  const sums = new Float64Array(down.count * right.count)
  const counts = new Uint32Array(sums.length)
  values.forEach((value, entry) => {
    const row = Math.floor((indices[entry * sizes.length + rows] ?? 0) / down.step)
    const column = Math.floor((indices[entry * sizes.length + columns] ?? 0) / right.step)
    const pixel = row * right.count + column
    sums[pixel] = (sums[pixel] ?? 0) + value
    counts[pixel] = (counts[pixel] ?? 0) + 1
  })
  return {
    lines: down.count,
    samples: right.count,
    values: Float32Array.from(sums, (sum, pixel) =>
      counts[pixel] === 0 ? Number.NaN : sum / (counts[pixel] ?? 1),
    ),
  }
}

/** Writes the arrays of a scattered tensor: `values.npy`, `indices.npy`, and `mask.npy`, `hold-out.npy` where it has them. */
export async function writeScattered(
  arranged: ArrangedEntries,
  quantity: string,
  { folder, onProgress, signal }: ImportContext,
): Promise<Omit<ImportedDataset, 'origin'>> {
  const { axes, indices, values, missing, folds, foldCount } = arranged
  onProgress('Writing the entries', null)
  const entries = values.length
  const array = await writeNpy(join(folder, 'values.npy'), 'float64', [entries], values)
  const dtype: DType = axes.every(({ size }) => size < 2 ** 31) ? 'int32' : 'int64'
  const parts: ImportedDataset['parts'] = {
    indices: await writeNpyThrough(
      join(folder, 'indices.npy'),
      dtype,
      [entries, axes.length],
      async (writer) => {
        for (let start = 0; start < indices.length; start += writtenAtOnce) {
          throwIfCancelled(signal)
          const piece = indices.subarray(start, start + writtenAtOnce)
          await writer.write(dtype === 'int32' ? Int32Array.from(piece) : BigInt64Array.from(piece, BigInt))
          onProgress('Writing the entries', Math.min(1, (start + writtenAtOnce) / indices.length))
        }
      },
    ),
  }
  if (missing !== null) {
    parts['mask'] = await writeNpy(join(folder, 'mask.npy'), 'bool', [entries], missing)
  }
  if (folds !== null) {
    parts['holdOut'] = await writeNpy(join(folder, 'hold-out.npy'), 'bool', [entries, foldCount], folds)
  }
  const counter = new ArraySummariser([entries])
  counter.addUnless(values, missing)
  return {
    kind: 'tensor',
    array,
    axes,
    quantity: { name: quantity, unit: null },
    scale: 1,
    noDataValue: null,
    parts,
    goodBands: null,
    displayBands: null,
    truth: null,
    summary: counter.summary(),
    notes: arranged.notes,
  }
}
