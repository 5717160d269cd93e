import { bytesPerElement, type ArrayLayout, type DType } from '../../shared/array'
import { FiligreeError } from '../../shared/failure'
import type { EnviHeader } from './envi-header'
import { requireReal } from './real-array'
import { guessedWavelengthUnit, namedWavelengthUnit } from './wavelength-unit'
import { counted, figure, grouped, listed } from './wording'

export const interleaves = ['bsq', 'bil', 'bip'] as const
export type Interleave = (typeof interleaves)[number]

/** ENVI's `data type` numbers. */
export const enviTypes: Readonly<Record<number, DType>> = {
  1: 'uint8',
  2: 'int16',
  3: 'int32',
  4: 'float32',
  5: 'float64',
  6: 'complex64',
  9: 'complex128',
  12: 'uint16',
  13: 'uint32',
  14: 'int64',
  15: 'uint64',
}

/** What an ENVI header says of a cube. */
export interface EnviScene {
  /** (line, sample, band), strides by interleave. */
  layout: ArrayLayout
  interleave: Interleave
  wavelengths: number[] | null
  wavelengthUnit: string | null
  bandNames: string[] | null
  /** Full width of every band at half its maximum, in the unit of the wavelengths. */
  bandWidths: number[] | null
  goodBands: boolean[] | null
  displayBands: [number, number, number] | null
  noDataValue: number | null
  /** One over the reflectance scale factor. */
  scale: number
  reflectance: boolean
  description: string | null
  /** What was ignored or guessed, as sentences. */
  warnings: string[]
}

/** Strides of a (line, sample, band) cube in elements. */
export function interleaveStrides(
  interleave: Interleave,
  lines: number,
  samples: number,
  bands: number,
): [line: number, sample: number, band: number] {
  switch (interleave) {
    case 'bsq':
      return [samples, 1, lines * samples]
    case 'bil':
      return [bands * samples, 1, samples]
    case 'bip':
      return [samples * bands, bands, 1]
  }
}

/** Reads the meaning of a header. Throws `invalid-file` with one sentence for what no cube can be made of. */
export function enviScene(header: EnviHeader): EnviScene {
  const { name } = header
  refuseUnreadable(header)
  const samples = header.count('samples')
  const lines = header.count('lines')
  const bands = header.count('bands')
  const dtype = dataType(header)
  requireReal(dtype, name)
  const interleave = interleaveOf(header)
  const order = header.count('byte order', 0)
  if (order > 1) {
    throw new FiligreeError(
      'invalid-file',
      `${name} says "byte order = ${String(order)}"; it is 0 (little) or 1 (big).`,
    )
  }
  if (lines === 0 || samples === 0 || bands === 0) {
    throw new FiligreeError(
      'invalid-file',
      `${name} describes an empty scene: ${counted(lines, 'line')}, ${counted(samples, 'sample')}, ${counted(bands, 'band')}.`,
    )
  }
  if (!Number.isSafeInteger(lines * samples * bands * bytesPerElement[dtype])) {
    throw new FiligreeError(
      'invalid-file',
      `${name} promises ${grouped(lines)} lines × ${grouped(samples)} samples × ${grouped(bands)} bands, which no disk holds.`,
    )
  }
  const warnings: string[] = []
  const perBand = bandValues(header, bands, warnings)
  const wavelengthUnit = unitOf(header, perBand.wavelengths, warnings)
  const factor = scaleFactor(header, warnings)
  return {
    layout: {
      dtype,
      byteOrder: order === 1 ? 'big' : 'little',
      offset: header.count('header offset', 0),
      shape: [lines, samples, bands],
      strides: interleaveStrides(interleave, lines, samples, bands),
    },
    interleave,
    ...perBand,
    wavelengthUnit,
    displayBands: displayBands(header, bands, warnings),
    noDataValue: noDataValue(header, warnings),
    scale: factor === null ? 1 : 1 / factor,
    reflectance: factor !== null,
    description: header.text('description'),
    warnings,
  }
}

function refuseUnreadable(header: EnviHeader): void {
  const { name } = header
  if (header.count('file compression', 0) !== 0) {
    throw new FiligreeError(
      'invalid-file',
      `The data of ${name} is compressed. Save the scene uncompressed and import that.`,
    )
  }
  for (const key of ['major frame offsets', 'minor frame offsets']) {
    const offsets = header.numbers(key)
    if (offsets !== null && (offsets === 'unreadable' || offsets.some((offset) => offset !== 0))) {
      throw new FiligreeError(
        'invalid-file',
        `${name} has "${key}": extra bytes between its lines, which are not read. Save the scene as a plain ENVI file.`,
      )
    }
  }
}

function dataType(header: EnviHeader): DType {
  const code = header.count('data type')
  const dtype = enviTypes[code]
  if (dtype !== undefined) return dtype
  throw new FiligreeError(
    'invalid-file',
    `${header.name} has data type ${String(code)}, which ENVI does not define; it knows ${listed(Object.keys(enviTypes))}.`,
  )
}

function interleaveOf(header: EnviHeader): Interleave {
  const text = (header.text('interleave') ?? 'bsq').toLowerCase()
  const found = interleaves.find((interleave) => interleave === text)
  if (found !== undefined) return found
  throw new FiligreeError(
    'invalid-file',
    `${header.name} has interleave "${text}"; it must be bsq, bil or bip.`,
  )
}

/** Values that come one a band; a list of another length is left out with a warning. */
function bandValues(
  header: EnviHeader,
  bands: number,
  warnings: string[],
): Pick<EnviScene, 'wavelengths' | 'bandNames' | 'bandWidths' | 'goodBands'> {
  const numbers = (key: string): number[] | null => {
    const values = header.numbers(key)
    if (values === 'unreadable') {
      warnings.push(`"${key}" in ${header.name} holds words that are no numbers and is not used.`)
      return null
    }
    return rightLength(key, values, header, bands, warnings)
  }
  const wavelengths = numbers('wavelength')
  if (
    wavelengths?.some((value, index) => value <= (wavelengths[index - 1] ?? Number.NEGATIVE_INFINITY)) ===
    true
  ) {
    warnings.push(
      'The wavelengths do not rise from band to band; spectra are drawn in the order of the bands.',
    )
  }
  const widths = numbers('fwhm')
  if (widths?.some((width) => width <= 0) === true)
    warnings.push(`"fwhm" in ${header.name} has a width that is not above zero; band widths are not used.`)
  const bbl = numbers('bbl')
  for (const key of ['data gain values', 'data offset values']) {
    if (header.text(key) !== null)
      warnings.push(`"${key}" in ${header.name} is not applied: numbers are taken as stored.`)
  }
  return {
    wavelengths,
    bandNames: rightLength('band names', header.list('band names'), header, bands, []),
    bandWidths: widths?.every((width) => width > 0) === true ? widths : null,
    // 1 and 1.0 are good; some writers use other positive numbers.
    goodBands: bbl === null ? null : bbl.map((value) => value > 0),
  }
}

function rightLength<Value>(
  key: string,
  values: Value[] | null,
  header: EnviHeader,
  bands: number,
  warnings: string[],
): Value[] | null {
  if (values === null || values.length === bands) return values
  warnings.push(
    `"${key}" in ${header.name} has ${counted(values.length, 'entry', 'entries')} for ${counted(bands, 'band')} and is not used.`,
  )
  return null
}

function unitOf(header: EnviHeader, wavelengths: number[] | null, warnings: string[]): string | null {
  const text = header.text('wavelength units')
  const named = namedWavelengthUnit(text)
  if (named !== null || wavelengths === null) return named
  const guessed = guessedWavelengthUnit(wavelengths)
  if (guessed !== null && !/index/i.test(text ?? '')) {
    warnings.push(`${header.name} does not say the unit of its wavelengths; their size says ${guessed}.`)
    return guessed
  }
  return null
}

function scaleFactor(header: EnviHeader, warnings: string[]): number | null {
  const text = header.text('reflectance scale factor')
  if (text === null) return null
  const factor = header.number('reflectance scale factor')
  if (factor !== null && factor > 0) return factor
  warnings.push(
    `"reflectance scale factor = ${text}" in ${header.name} is no number above 0 and is not used.`,
  )
  return null
}

/** NaN needs no marker: it is missing wherever it stands. */
function noDataValue(header: EnviHeader, warnings: string[]): number | null {
  const text = header.text('data ignore value')
  const value = header.number('data ignore value')
  if (text !== null && value === null && text.toLowerCase() !== 'nan') {
    warnings.push(`"data ignore value = ${text}" in ${header.name} is no number and is not used.`)
  }
  return value
}

/** Zero-based; a single band is shown as grey. */
function displayBands(
  header: EnviHeader,
  bands: number,
  warnings: string[],
): [number, number, number] | null {
  const values = header.numbers('default bands')
  if (values === null) return null
  const [red, green = red, blue = red] = values === 'unreadable' ? [] : values.map((value) => value - 1)
  const chosen = [red, green, blue].filter(
    (band): band is number => band !== undefined && Number.isInteger(band) && band >= 0 && band < bands,
  )
  const [first, second, third] = chosen
  if (first !== undefined && second !== undefined && third !== undefined) return [first, second, third]
  warnings.push(
    `"default bands = {${header.text('default bands') ?? ''}}" in ${header.name} names bands outside 1 to ${figure(bands)} and is not used.`,
  )
  return null
}
