/** Numbers, sizes and times as text, the same on every machine: no locale enters. */

const minus = '−'

/** Six significant digits at most, without needless zeros; very large and small ones as 1.2 × 10⁻⁵. */
export function formatNumber(value: number, significant = 6): string {
  if (Number.isNaN(value)) return 'not a number'
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : `${minus}infinite`
  if (Number.isInteger(value) && Math.abs(value) < 1e15)
    return signed(groupThousands(String(Math.abs(value))), value)
  const magnitude = Math.abs(value)
  if (magnitude >= 1e-4 && magnitude < 1e6) {
    return signed(String(Number(magnitude.toPrecision(significant))), value)
  }
  const [mantissa = '', exponent = '0'] = magnitude.toExponential(significant - 1).split('e')
  return signed(`${Number(mantissa)} × 10${superscript(Number(exponent))}`, value)
}

/** A number with a fixed count of decimals, as metrics ask for; null prints six significant digits. */
export function formatDigits(value: number, digits: number | null): string {
  if (digits === null || !Number.isFinite(value)) return formatNumber(value)
  return signed(Math.abs(value).toFixed(digits), value)
}

/** 1,234,567 with a narrow no-break space between thousands. */
function groupThousands(text: string): string {
  return text.length < 5 ? text : text.replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

function signed(text: string, value: number): string {
  return value < 0 ? minus + text : text
}

function superscript(exponent: number): string {
  const digits = Array.from(String(Math.abs(exponent)), (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '').join('')
  return exponent < 0 ? `⁻${digits}` : digits
}

/** Bytes in binary units: 1.5 MiB. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(value < 10 ? 2 : 1)} ${units[unit] ?? ''}`
}

/** Seconds as '0.123 s', '12.3 s', '4 min 05 s' or '2 h 03 min'. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${formatNumber(seconds, 3)} s`
  const whole = Math.round(seconds)
  const pad = (value: number) => String(value).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`
}

/** An ISO time as '2026-03-01 12:34:56 UTC'. */
export function formatTime(iso: string): string {
  return new Date(iso)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
}

/** '1 run', '3 runs'. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(count)} ${count === 1 ? singular : plural}`
}

/** Values of parameters and choices as a person would write them. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'number') return formatNumber(value, 15)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  return JSON.stringify(value)
}

/** '4.06 %' with a no-break space, and no trailing blank where there is no unit. */
export function withUnit(text: string, unit: string | null): string {
  return unit === null || unit === '' ? text : `${text}\u00a0${unit}`
}

/** A share of one as a whole percentage: '2 %'. */
export function formatPercent(share: number): string {
  return withUnit(formatNumber(share * 100, 3), '%')
}

/** Words that are written in capitals. */
const acronyms: Readonly<Record<string, string>> = { rmse: 'RMSE', snr: 'SNR', sad: 'SAD' }

/** 'relativeResidual' as 'Relative residual'. */
export function inWords(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(' ')
    .map((word) => acronyms[word] ?? word)
    .join(' ')
  return capitalised(words)
}

/** The same text with its first letter in upper case. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
