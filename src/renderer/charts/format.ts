/** Said where a figure is missing or not a number. */
export const noValue = '–'

const superscripts: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
}

function powerOfTen(exponent: number): string {
  return `10${Array.from(String(exponent), (sign) => superscripts[sign] ?? sign).join('')}`
}

/**
 * A number for reading: `digits` significant digits, trailing zeros dropped, a true minus sign, and a power
 * of ten in steps of three outside 0.001 … 99 999.
 */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return noValue
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e-3 && size < 1e5) return trueMinus(trimZeros(toSignificant(value, digits)))
  const exponent = Math.floor(Math.log10(Number(size.toPrecision(digits))) / 3) * 3
  const mantissa = trimZeros(toSignificant(value / 10 ** exponent, digits))
  return trueMinus(mantissa === '1' ? powerOfTen(exponent) : `${mantissa}×${powerOfTen(exponent)}`)
}

/** A number with a fixed count of decimals, as metrics state theirs. */
export function formatFixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return noValue
  return Number.isFinite(value) ? trueMinus(value.toFixed(decimals)) : formatNumber(value)
}

/** A number and its unit with a narrow space between. */
export function formatQuantity(value: number | null | undefined, unit: string | null, digits = 4): string {
  const text = formatNumber(value, digits)
  return unit === null || unit === '' || text === noValue ? text : `${text}\u202f${unit}`
}

/** A duration as a person says it: 0.42 s, 12.5 s, 3 min 05 s, 2 h 14 min. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return noValue
  if (seconds < 1) return `${seconds < 0.0995 ? seconds.toFixed(3) : seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`
}

/** The name of an axis with its unit: 'Wavelength (µm)'. */
export function axisTitle(name: string, unit: string | null): string {
  return unit === null || unit === '' ? name : `${name} (${unit})`
}

function toSignificant(value: number, digits: number): string {
  const whole = Math.max(digits, Math.floor(Math.log10(Math.abs(value))) + 1)
  return Number(value.toPrecision(whole)).toString()
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

function trueMinus(text: string): string {
  return text.replace('-', '−')
}
