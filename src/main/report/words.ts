import { formatNumber, withUnit } from '../../shared/numbers'
import { isNumberList } from '../../shared/parameter'

/** An ISO time as '2026-03-01 12:34:56 UTC': a report is the same in every time zone. */
export function formatTime(iso: string): string {
  return new Date(iso)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
}

/** Values of parameters and choices as a person would write them. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'number') return formatNumber(value, 15)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (isNumberList(value)) return value.map((element) => formatNumber(element, 15)).join(', ')
  return JSON.stringify(value)
}

/** A share of one as a percentage: '2 %'. */
export function formatPercent(share: number): string {
  return withUnit(formatNumber(share * 100, 3), '%')
}
