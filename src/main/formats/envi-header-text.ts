import type { Dataset } from '../../shared/dataset'
import type { DType } from '../../shared/array'
import { enviTypes, type Interleave } from './envi-scene'

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

/** The text of an ENVI header for a cube: everything of it that the importer reads. */
export function enviHeaderText(
  dataset: Dataset,
  dtype: DType,
  options: { interleave: Interleave; byteOrder: 'little' | 'big' },
): string {
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
  if (dataset.bandWidths) rows.push(`fwhm = ${braces(dataset.bandWidths)}`)
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
