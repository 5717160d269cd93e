import type { Dataset } from '../../shared/dataset'
import type { Axis, DType } from '../../shared/array'
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

const braces = (words: readonly (string | number)[]) => `{${words.join(', ')}}`
/** A name without what would end a value in braces. */
const plain = (text: string) => text.replace(/[{}\r\n]/g, ' ')
/** Names for a list, whose entries are parted by commas. */
const nameList = (names: readonly string[]) => braces(names.map((name) => plain(name).replaceAll(',', ' ')))

function wavelengthRows(axis: Axis | undefined): string[] {
  if (!axis?.coordinates) return []
  return [
    `wavelength units = ${unitNames[axis.unit ?? ''] ?? 'Unknown'}`,
    `wavelength = ${braces(axis.coordinates)}`,
  ]
}

function goodBandsRows({ goodBands }: Dataset): string[] {
  return goodBands ? [`bbl = ${braces(goodBands.map((good) => (good ? 1 : 0)))}`] : []
}

/** The text of an ENVI header for a library in doubles, spectrum after spectrum: what the importer reads of it. */
export function enviLibraryHeaderText(dataset: Dataset): string {
  const [band, spectrum] = dataset.axes
  const rows = [
    'ENVI',
    `description = {${plain(dataset.name)}}`,
    `samples = ${String(band?.size ?? 0)}`,
    `lines = ${String(spectrum?.size ?? 0)}`,
    'bands = 1',
    'header offset = 0',
    'file type = ENVI Spectral Library',
    'data type = 5',
    'interleave = bsq',
    'byte order = 0',
    ...wavelengthRows(band),
    ...goodBandsRows(dataset),
    ...(spectrum?.labels ? [`spectra names = ${nameList(spectrum.labels)}`] : []),
  ]
  return `${rows.join('\n')}\n`
}

/** The text of an ENVI header for a cube: everything of it that the importer reads. */
export function enviHeaderText(
  dataset: Dataset,
  dtype: DType,
  options: { interleave: Interleave; byteOrder: 'little' | 'big' },
): string {
  const [lines = 0, samples = 0, bands = 0] = dataset.array.shape
  const spectral = dataset.axes[2]
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
  rows.push(...wavelengthRows(spectral))
  if (dataset.bandWidths) rows.push(`fwhm = ${braces(dataset.bandWidths)}`)
  if (spectral?.labels) rows.push(`band names = ${nameList(spectral.labels)}`)
  rows.push(...goodBandsRows(dataset))
  if (dataset.displayBands)
    rows.push(`default bands = ${braces(dataset.displayBands.map((band) => band + 1))}`)
  if (dataset.noDataValue !== null) rows.push(`data ignore value = ${String(dataset.noDataValue)}`)
  if (dataset.scale !== 1) rows.push(`reflectance scale factor = ${String(1 / dataset.scale)}`)
  return `${rows.join('\n')}\n`
}
