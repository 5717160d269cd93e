import { open, rm, writeFile } from 'node:fs/promises'
import { bytesPerElement, type DType } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import { readLines } from './array-reader'
import { enviHeaderText } from './envi-header-text'
import { interleaveStrides, type Interleave } from './envi-scene'
import { toFiligreeError } from '../../shared/system-failure'
import { writeNpyThrough } from './npy-writer'
import { arraySource } from './physical-values'

/** Elements written at once. */
const writtenAtOnce = 2 ** 20

export interface EnviExportOptions {
  interleave: Interleave
  byteOrder: 'little' | 'big'
}

/** Types an export may have: 64-bit integers and flags are written as doubles and bytes. */
type ExportType = 'uint8' | 'int16' | 'int32' | 'float32' | 'float64' | 'uint16' | 'uint32'

/** The narrowest ENVI type that holds a cube's stored numbers exactly (64-bit integers up to 2⁵³). */
function exportType(dtype: DType): ExportType {
  switch (dtype) {
    case 'bool':
      return 'uint8'
    case 'int8':
      return 'int16'
    case 'uint8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'float32':
      return dtype
    default:
      return 'float64'
  }
}

/**
 * Writes a cube as ENVI: `<target>.hdr` and `<target>.img`, with the numbers as stored and everything the
 * importer reads (wavelengths, good bands, scale, no-data value). Neither file may exist yet.
 * @param folder the dataset's folder.
 */
export async function exportCubeEnvi(
  dataset: Dataset,
  folder: string,
  target: string,
  options: EnviExportOptions,
): Promise<{ header: string; data: string }> {
  const source = arraySource(dataset.array, folder)
  const [lines = 0, samples = 0, bands = 0] = source.shape
  const dtype = exportType(source.dtype)
  const paths = { header: `${target}.hdr`, data: `${target}.img` }
  const strides = interleaveStrides(options.interleave, lines, samples, bands)
  const handle = await open(paths.data, 'wx').catch((error: unknown) => {
    throw toFiligreeError(error, paths.data, 'write')
  })
  try {
    const linesAtOnce = Math.max(1, Math.floor(writtenAtOnce / (samples * bands)))
    for (let start = 0; start < lines; start += linesAtOnce) {
      const values = await readLines(source, start, Math.min(lines, start + linesAtOnce))
      // What is contiguous in the target: one band of these lines (bsq), or all bands of them (bil, bip).
      const together = options.interleave === 'bsq' ? 1 : bands
      for (let band = 0; band < bands; band += together) {
        const bytes = encodeRun(
          values,
          [samples, bands],
          [band, band + together],
          strides,
          dtype,
          options.byteOrder,
        )
        const position = (start * strides[0] + band * strides[2]) * bytesPerElement[dtype]
        await handle.write(bytes, 0, bytes.length, position)
      }
    }
    await handle.sync()
    await handle.close()
    await writeFile(paths.header, enviHeaderText(dataset, dtype, options), { flag: 'wx' })
    return paths
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(paths.data, { force: true })
    throw toFiligreeError(error, paths.data, 'write')
  }
}

/** Some bands of some lines (line, sample, band) as the bytes they have in a file with these strides. */
function encodeRun(
  values: Float64Array,
  [samples, bands]: readonly [number, number],
  [firstBand, endBand]: readonly [number, number],
  strides: readonly [number, number, number],
  dtype: ExportType,
  byteOrder: 'little' | 'big',
): Uint8Array {
  const size = bytesPerElement[dtype]
  const lines = values.length / (samples * bands)
  const bytes = new Uint8Array(lines * samples * (endBand - firstBand) * size)
  const write = elementWriter(new DataView(bytes.buffer), dtype, byteOrder)
  for (let line = 0; line < lines; line += 1) {
    for (let sample = 0; sample < samples; sample += 1) {
      for (let band = firstBand; band < endBand; band += 1) {
        const to = line * strides[0] + sample * strides[1] + (band - firstBand) * strides[2]
        write(to * size, values[(line * samples + sample) * bands + band] ?? Number.NaN)
      }
    }
  }
  return bytes
}

/** Writes a cube as a NumPy array (line, sample, band) in C order, numbers as stored. */
export async function exportCubeNpy(dataset: Dataset, folder: string, target: string): Promise<void> {
  const source = arraySource(dataset.array, folder)
  const [lines = 0, samples = 0, bands = 0] = source.shape
  const dtype = exportType(source.dtype)
  const linesAtOnce = Math.max(1, Math.floor(writtenAtOnce / (samples * bands)))
  await writeNpyThrough(target, dtype, source.shape, async (writer) => {
    for (let start = 0; start < lines; start += linesAtOnce) {
      const values = await readLines(source, start, Math.min(lines, start + linesAtOnce))
      const bytes = new ArrayBuffer(values.length * bytesPerElement[dtype])
      const write = elementWriter(new DataView(bytes), dtype, 'little')
      values.forEach((value, index) => {
        write(index * bytesPerElement[dtype], value)
      })
      await writer.write(new Uint8Array(bytes))
    }
  })
}

function elementWriter(
  view: DataView,
  dtype: ExportType,
  byteOrder: 'little' | 'big',
): (position: number, value: number) => void {
  const little = byteOrder === 'little'
  switch (dtype) {
    case 'uint8':
      return (position, value) => {
        view.setUint8(position, value)
      }
    case 'int16':
      return (position, value) => {
        view.setInt16(position, value, little)
      }
    case 'uint16':
      return (position, value) => {
        view.setUint16(position, value, little)
      }
    case 'int32':
      return (position, value) => {
        view.setInt32(position, value, little)
      }
    case 'uint32':
      return (position, value) => {
        view.setUint32(position, value, little)
      }
    case 'float32':
      return (position, value) => {
        view.setFloat32(position, value, little)
      }
    case 'float64':
      return (position, value) => {
        view.setFloat64(position, value, little)
      }
  }
}
