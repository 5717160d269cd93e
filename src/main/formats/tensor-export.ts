import type { Axis, DType } from '../../shared/array'
import { positionAt } from '../../shared/axis-coordinates'
import type { Dataset } from '../../shared/dataset'
import { FiligreeError } from '../../shared/failure'
import { entryBlocks } from './entry-scan'
import { gather } from './gather'
import { fileOrder, layoutBlocks, stridesFor } from './layout-blocks'
import { npyHeader } from './npy'
import { arraySource } from './physical-values'
import { RandomAccessFile } from './random-access-file'
import { allocateReal, requireReal } from './real-array'
import { csvCell } from './slice-export'

/** Pieces of a file that is made while it is read: nothing of the tensor is ever held whole. */
export type FilePieces = AsyncGenerator<Uint8Array>

/** Formats a whole tensor is written in: dense ones as an array, scattered ones as lists of their entries. */
export const tensorExportFormats = ['npy', 'tns', 'csv'] as const
export type TensorExportFormat = (typeof tensorExportFormats)[number]

/**
 * A whole tensor as a file that can be imported again, with its numbers as stored. Throws `invalid-data` where the
 * format has no room for such a tensor.
 */
export function tensorFile(dataset: Dataset, folder: string, format: TensorExportFormat): FilePieces {
  if (dataset.kind !== 'tensor') {
    throw new FiligreeError('invalid-data', `'${dataset.name}' is a ${dataset.kind}, not a tensor.`)
  }
  const scattered = dataset.parts['indices'] !== undefined
  if (scattered !== (format !== 'npy')) {
    throw new FiligreeError(
      'invalid-data',
      scattered
        ? `'${dataset.name}' is a scattered tensor: as a NumPy array it would be mostly empty. Write it as tns or csv.`
        : `'${dataset.name}' is a dense tensor: as a list of entries it would be many times as large. Write it as npy.`,
    )
  }
  if (!scattered) return denseNpy(dataset, folder)
  return format === 'tns' ? entriesAsTns(dataset, folder) : entriesAsCsv(dataset, folder)
}

/** The array in the order its file has; entries that are missing by its mask become NaN. */
async function* denseNpy(dataset: Dataset, folder: string): FilePieces {
  const source = arraySource(dataset.array, folder)
  requireReal(source.dtype, dataset.name)
  const { mask } = dataset.parts
  const dtype = mask === undefined ? plainType(source.dtype) : floatType(source.dtype)
  const { order, fortran } = fileOrder(source)
  yield npyHeader(dtype, source.shape, fortran)
  const file = await RandomAccessFile.open(source.path)
  const maskSource = mask === undefined ? null : arraySource(mask, folder)
  const maskFile = maskSource === null ? null : await RandomAccessFile.open(maskSource.path)
  try {
    for await (const { values, picks } of layoutBlocks(file, source, order)) {
      if (maskFile !== null && maskSource !== null) {
        const missing = new Float64Array(values.length)
        await gather(maskFile, maskSource, picks, missing, stridesFor(order, picks))
        missing.forEach((flag, at) => {
          if (flag !== 0) values[at] = Number.NaN
        })
      }
      const out = allocateReal(dtype, values.length)
      out.set(values)
      yield new Uint8Array(out.buffer)
    }
  } finally {
    await file.close()
    await maskFile?.close()
  }
}

/** 64-bit integers, which are read as doubles, are written as them; flags as bytes. */
function plainType(dtype: DType): DType {
  if (dtype === 'int64' || dtype === 'uint64') return 'float64'
  return dtype === 'bool' ? 'uint8' : dtype
}

/** A type that has NaN and holds every number of another type (integers up to 2⁵³). */
function floatType(dtype: DType): DType {
  return dtype === 'float32' ? 'float32' : 'float64'
}

/** FROSTT text: indices from 1, then the value. The sizes are announced where the last entries of a mode are empty. */
async function* entriesAsTns(dataset: Dataset, folder: string): FilePieces {
  const sizes = dataset.axes.map(({ size }) => size)
  const largest = sizes.map(() => 0)
  for await (const { indices, count } of entriesOf(dataset, folder)) {
    for (let at = 0; at < count * sizes.length; at += 1) {
      const mode = at % sizes.length
      largest[mode] = Math.max(largest[mode] ?? 0, (indices[at] ?? 0) + 1)
    }
  }
  const encoder = new TextEncoder()
  if (largest.some((size, mode) => size !== sizes[mode])) {
    yield encoder.encode(`${sizes.length}\n${sizes.join(' ')}\n`)
  }
  for await (const { values, indices, flags, count } of entriesOf(dataset, folder)) {
    let text = ''
    for (let entry = 0; entry < count; entry += 1) {
      if (flags?.[entry] === 1) continue
      for (let mode = 0; mode < sizes.length; mode += 1) {
        text += `${(indices[entry * sizes.length + mode] ?? 0) + 1} `
      }
      text += `${values[entry] ?? Number.NaN}\n`
    }
    yield encoder.encode(text)
  }
}

/** A long table: where every entry lies in a column a mode, its value, and the hold-out folds. */
async function* entriesAsCsv(dataset: Dataset, folder: string): FilePieces {
  const { axes } = dataset
  const encoder = new TextEncoder()
  const foldCount = dataset.parts['holdOut']?.shape[1] ?? 0
  const folds = Array.from({ length: foldCount }, (_, fold) => `fold_${fold + 1}`)
  const masked = dataset.parts['mask'] !== undefined
  const head = [...axes.map(({ name }) => name), 'value', ...(masked ? ['missing'] : []), ...folds]
  yield encoder.encode(`${head.map(csvCell).join(',')}\n`)
  for await (const { values, indices, flags, holdOut, count } of entriesOf(dataset, folder)) {
    let text = ''
    for (let entry = 0; entry < count; entry += 1) {
      axes.forEach((axis, mode) => {
        text += `${placeOf(axis, indices[entry * axes.length + mode] ?? 0)},`
      })
      text += String(values[entry] ?? Number.NaN)
      if (masked) text += `,${flags?.[entry] ?? 0}`
      for (let fold = 0; fold < foldCount; fold += 1) text += `,${holdOut?.[entry * foldCount + fold] ?? 0}`
      text += '\n'
    }
    yield encoder.encode(text)
  }
}

function placeOf(axis: Axis, index: number): string {
  const label = axis.labels?.[index]
  return label === undefined ? String(positionAt(axis, index)) : csvCell(label)
}

interface Entries {
  values: ArrayLike<number>
  indices: ArrayLike<number>
  /** 1 where an entry is missing; null without a mask. */
  flags: ArrayLike<number> | null
  /** (entry, fold); null without folds. */
  holdOut: ArrayLike<number> | null
  count: number
}

/** The entries of a scattered tensor, some at a time. */
async function* entriesOf(dataset: Dataset, folder: string): AsyncGenerator<Entries> {
  const { indices, mask, holdOut } = dataset.parts
  const sources = [dataset.array, indices, mask, holdOut].map((array) =>
    array === undefined ? null : arraySource(array, folder),
  )
  const files: RandomAccessFile[] = []
  try {
    const readers = []
    for (const source of sources) {
      if (source === null) readers.push(null)
      else {
        const file = await RandomAccessFile.open(source.path)
        files.push(file)
        readers.push(entryBlocks(file, source))
      }
    }
    for (;;) {
      const blocks = []
      for (const reader of readers) {
        const next = await reader?.next()
        blocks.push(next === undefined || next.done === true ? null : next.value)
      }
      const [values, places, flags, folds] = blocks
      if (!values || !places) return
      yield {
        values: values.values,
        indices: places.values,
        flags: flags?.values ?? null,
        holdOut: folds?.values ?? null,
        count: values.count,
      }
    }
  } finally {
    for (const file of files) await file.close()
  }
}
