/** Units of a spectral axis by the spellings found in files. */
const spellings: Readonly<Record<string, string>> = {
  'micrometers': 'µm',
  'micrometer': 'µm',
  'micrometres': 'µm',
  'microns': 'µm',
  'micron': 'µm',
  'um': 'µm',
  'µm': 'µm',
  'μm': 'µm',
  'nanometers': 'nm',
  'nanometer': 'nm',
  'nanometres': 'nm',
  'nm': 'nm',
  'millimeters': 'mm',
  'mm': 'mm',
  'centimeters': 'cm',
  'cm': 'cm',
  'meters': 'm',
  'm': 'm',
  'angstroms': 'Å',
  'angstrom': 'Å',
  'wavenumber': 'cm⁻¹',
  'wavenumbers': 'cm⁻¹',
  'cm-1': 'cm⁻¹',
  'ghz': 'GHz',
  'mhz': 'MHz',
}

/** The unit a file names, in the app's spelling; null for 'Unknown', 'Index' and what nobody knows. */
export function namedWavelengthUnit(text: string | null): string | null {
  return text === null ? null : (spellings[text.trim().toLowerCase()] ?? null)
}

/**
 * The unit numbers must be in where a file does not say: optical instruments work between 0.2 and 30 µm,
 * and the same range in nanometres does not overlap it. Null where neither fits.
 */
export function guessedWavelengthUnit(wavelengths: readonly number[]): 'µm' | 'nm' | null {
  const smallest = Math.min(...wavelengths)
  const largest = Math.max(...wavelengths)
  if (smallest >= 0.2 && largest <= 30) return 'µm'
  if (smallest >= 200 && largest <= 30_000) return 'nm'
  return null
}
