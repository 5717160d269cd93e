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

/** Wavelengths in one unit, with sentences that say what was found and changed. */
export interface UnifiedWavelengths {
  wavelengths: number[]
  unit: string | null
  notes: string[]
}

/** Nothing measured optically is longer than this many micrometres, nor shorter than as many nanometres. */
const betweenUnits = 100

/**
 * Brings wavelengths to one unit. Micrometres and nanometres mixed in one list, as happens where libraries of two
 * instruments are joined, differ a thousandfold and are told apart by size; the larger part names the unit.
 */
export function unifiedWavelengths(wavelengths: readonly number[], named: string | null): UnifiedWavelengths {
  const small = wavelengths.filter((value) => value > 0 && value <= 30).length
  const large = wavelengths.filter((value) => value > betweenUnits && value <= 30_000).length
  const mixed = small > 0 && large > 0 && small + large === wavelengths.length
  const optical = named === null || named === 'µm' || named === 'nm'
  if (!mixed || !optical) {
    const unit = named ?? guessedWavelengthUnit(wavelengths)
    const guessed = named === null && unit !== null
    const rising = wavelengths.every(
      (value, index) => value > (wavelengths[index - 1] ?? Number.NEGATIVE_INFINITY),
    )
    return {
      wavelengths: [...wavelengths],
      unit,
      notes: [
        ...(guessed ? [`The file does not say the unit of its wavelengths; their size says ${unit}.`] : []),
        ...(rising ? [] : ['The wavelengths do not rise from band to band; the order of the bands is kept.']),
      ],
    }
  }
  const unit = large >= small ? 'nm' : 'µm'
  const converted = wavelengths.map((value) => {
    if (unit === 'nm') return value <= 30 ? value * 1000 : value
    return value > betweenUnits ? value / 1000 : value
  })
  return {
    wavelengths: converted,
    unit,
    notes: [
      unit === 'nm'
        ? `Mixed units: ${String(small)} of ${String(wavelengths.length)} wavelengths are in µm and the others in nm; all were converted to nm.`
        : `Mixed units: ${String(large)} of ${String(wavelengths.length)} wavelengths are in nm and the others in µm; all were converted to µm.`,
    ],
  }
}
