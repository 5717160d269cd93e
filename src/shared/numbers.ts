/** Numbers, sizes and durations as text: the same on every machine, in the window, the reports and messages. */

/** Said where a figure is missing or not a number. */
export const noValue = '–'

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** Figures that are printed without a power of ten, where their digits allow it. */
const plain = { from: 1e-4, below: 1e5 } as const

/**
 * A number for reading: `digits` significant digits, trailing zeros dropped, a true minus sign, and a power of
 * ten where it would be long otherwise. Whole numbers keep their digits up to 99999, or as many as were asked for.
 */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return noValue
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const rounded = rounding(Math.abs(value), digits)
  const text =
    rounded === 0 || (rounded >= plain.from && rounded < Math.max(plain.below, 10 ** Math.min(digits, 15)))
      ? String(rounded)
      : withPower(rounded)
  return value < 0 && rounded !== 0 ? `−${text}` : text
}

/** To `digits` significant digits, but never less than to the next whole number below 100 000. */
function rounding(size: number, digits: number): number {
  if (size === 0) return 0
  const whole = size < plain.below ? Math.floor(Math.log10(size)) + 1 : 1
  return Number(size.toPrecision(Math.min(100, Math.max(digits, whole))))
}

function withPower(size: number): string {
  const [mantissa = '', exponent = '0'] = size.toExponential().split('e')
  const power = Array.from(
    exponent.replace('+', ''),
    (sign) => superscripts[Number.parseInt(sign, 10)] ?? '⁻',
  ).join('')
  return mantissa === '1' ? `10${power}` : `${mantissa}×10${power}`
}

/**
 * A number with a fixed count of decimals, as metrics state theirs; null leaves six significant digits. What those
 * decimals would round to nought is written with a power of ten.
 */
export function formatFixed(value: number | null | undefined, decimals: number | null): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return formatNumber(value)
  if (decimals === null) return formatNumber(value, 6)
  const vanishes = value !== 0 && Number(value.toFixed(decimals)) === 0
  return vanishes ? formatNumber(value, 3) : value.toFixed(decimals).replace('-', '−')
}

/** A text with its unit, kept on one line; nothing is added where there is no unit or no value. */
export function withUnit(text: string, unit: string | null): string {
  return unit === null || unit === '' || text === noValue ? text : `${text}\u00a0${unit}`
}

/** A number and its unit. */
export function formatQuantity(value: number | null | undefined, unit: string | null, digits = 4): string {
  return withUnit(formatNumber(value, digits), unit)
}

/** The name of an axis with its unit: 'Wavelength (µm)'. */
export function axisTitle(name: string, unit: string | null): string {
  return unit === null || unit === '' ? name : `${name} (${unit})`
}

/** A count with thousands separators: 9025 is '9,025'. */
export function formatWhole(value: number): string {
  const [whole = '', rest] = String(value).replace('-', '−').split('.')
  if (whole.includes('e')) return formatNumber(value, 15)
  const separated = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return rest === undefined ? separated : `${separated}.${rest}`
}

/** '1 run', '1,200 runs'. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatWhole(count)} ${count === 1 ? singular : plural}`
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Bytes in decimal units: 1 234 567 is '1.2 MB'. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const value = bytes / 1000 ** power
  const text = power === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1)
  return withUnit(text, units[power] ?? 'TB')
}

/** A duration as a person says it: 0.42 s, 12.5 s, 3 min 05 s, 2 h 14 min. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return noValue
  if (seconds < 1) return `${seconds < 0.0995 ? seconds.toFixed(3) : seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const twoDigits = (value: number) => String(value).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${twoDigits(Math.floor((whole % 3600) / 60))} min`
}
