import { open, rm, writeFile } from 'node:fs/promises'
import { bytesPerElement, type DType } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import { readLines } from './array-reader'
import { enviTypes, interleaveStrides, type Interleave } from './envi-scene'
import { fileFailure } from './file-failure'
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
  const size = bytesPerElement[dtype]
  const paths = { header: `${target}.hdr`, data: `${target}.img` }
  const [lineStride, sampleStride, bandStride] = interleaveStrides(options.interleave, lines, samples, bands)
  const handle = await open(paths.data, 'wx').catch((error: unknown) => {
    throw fileFailure(error, 'write', paths.data)
  })
  try {
    const linesAtOnce = Math.max(1, Math.floor(writtenAtOnce / (samples * bands)))
    for (let start = 0; start < lines; start += linesAtOnce) {
      const count = Math.min(lines - start, linesAtOnce)
      const values = await readLines(source, start, start + count)
      // Runs that are contiguous in the target: a band of these lines (bsq), or all of them (bil, bip).
      const runs = options.interleave === 'bsq' ? bands : 1
      const runLength = values.length / runs
      for (let run = 0; run < runs; run += 1) {
        const bytes = Buffer.alloc(runLength * size)
        const write = elementWriter(new DataView(bytes.buffer, bytes.byteOffset), dtype, options.byteOrder)
        const firstBand = options.interleave === 'bsq' ? run : 0
        const lastBand = options.interleave === 'bsq' ? run + 1 : bands
        for (let line = 0; line < count; line += 1) {
          for (let sample = 0; sample < samples; sample += 1) {
            for (let band = firstBand; band < lastBand; band += 1) {
              const from = (line * samples + sample) * bands + band
              const to = line * lineStride + sample * sampleStride + (band - firstBand) * bandStride
              write(to * size, values[from] ?? Number.NaN)
            }
          }
        }
        const position = (start * lineStride + firstBand * bandStride) * size
        await handle.write(bytes, 0, bytes.length, position)
      }
    }
    await handle.sync()
    await handle.close()
    await writeFile(paths.header, headerText(dataset, dtype, options), { flag: 'wx' })
    return paths
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(paths.data, { force: true })
    throw fileFailure(error, 'write', paths.data)
  }
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

/** Names as ENVI spells the units the importer knows. */
const unitNames: Readonly<Record<string, string>> = {
  'µm': 'Micrometers',
  'nm': 'Nanometers',
  'mm': 'Millimeters',
  'cm': 'Centimeters',
  'm': 'Meters',
  'Å': 'Angstroms',
  'cm⁻¹': 'Wavenumber',
  'GHz': 'GHz',
  'MHz': 'MHz',
}

function headerText(dataset: Dataset, dtype: ExportType, options: EnviExportOptions): string {
  const [lines = 0, samples = 0, bands = 0] = dataset.array.shape
  const spectral = dataset.axes[2]
  const braces = (words: readonly (string | number)[]) => `{${words.join(', ')}}`
  // A name may hold what would end a value in braces.
  const plain = (text: string) => text.replace(/[{}\r\n]/g, ' ')
  const rows = [
    'ENVI',
    `description = {${plain(dataset.name)}}`,
    `samples = ${String(samples)}`,
    `lines = ${String(lines)}`,
    `bands = ${String(bands)}`,
    'header offset = 0',
    'file type = ENVI Standard',
    `data type = ${Object.keys(enviTypes).find((code) => enviTypes[Number(code)] === dtype) ?? '5'}`,
    `interleave = ${options.interleave}`,
    `byte order = ${options.byteOrder === 'little' ? '0' : '1'}`,
  ]
  if (spectral?.coordinates) {
    rows.push(`wavelength units = ${unitNames[spectral.unit ?? ''] ?? 'Unknown'}`)
    rows.push(`wavelength = ${braces(spectral.coordinates)}`)
  }
  if (spectral?.labels) {
    rows.push(`band names = ${braces(spectral.labels.map((label) => plain(label).replaceAll(',', ' ')))}`)
  }
  if (dataset.goodBands) rows.push(`bbl = ${braces(dataset.goodBands.map((good) => (good ? 1 : 0)))}`)
  if (dataset.displayBands)
    rows.push(`default bands = ${braces(dataset.displayBands.map((band) => band + 1))}`)
  if (dataset.noDataValue !== null) rows.push(`data ignore value = ${String(dataset.noDataValue)}`)
  if (dataset.scale !== 1) rows.push(`reflectance scale factor = ${String(1 / dataset.scale)}`)
  return `${rows.join('\n')}\n`
}
