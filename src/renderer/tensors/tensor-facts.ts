import { elementCount } from '../../shared/array'
import type { Dataset } from '../../shared/dataset'
import { formatNumber, formatWhole, withUnit } from '../../shared/numbers'

/** What there is of a tensor: entries, how many are missing, how full a scattered one is. */
export function tensorFacts({ axes, array, parts, summary }: Dataset): { label: string; value: string }[] {
  const places = elementCount(axes.map(({ size }) => size))
  const entries = elementCount(array.shape)
  const missing = summary?.noDataCount ?? 0
  const share = (part: number, whole: number) => withUnit(formatNumber((100 * part) / whole, 3), '%')
  const facts = [{ label: 'Modes', value: String(axes.length) }]
  if (parts['indices'] !== undefined) {
    facts.push({ label: 'Kind', value: 'scattered' })
    facts.push({ label: 'Entries', value: formatWhole(entries) })
    facts.push({ label: 'Filled', value: `${share(entries, places)} of ${formatNumber(places)} places` })
  } else {
    facts.push({ label: 'Kind', value: 'dense' })
    facts.push({ label: 'Entries', value: formatWhole(places) })
  }
  if (parts['mask'] !== undefined) {
    facts.push({
      label: 'Missing',
      value: missing === 0 ? 'none' : `${formatWhole(missing)} (${share(missing, entries)})`,
    })
  }
  return facts
}
