/** A whole number with thousands separators: 9025 → '9,025'. The same on every machine. */
export function grouped(value: number): string {
  const [whole = '', rest] = String(value).split('.')
  if (whole.includes('e')) return String(value)
  const separated = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return rest === undefined ? separated : `${separated}.${rest}`
}

/** '1 byte', '9,025 pixels'. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${grouped(value)} ${value === 1 ? singular : plural}`
}

/** '95 × 95 × 156'. */
export function shapeText(shape: readonly number[]): string {
  return shape.map(grouped).join(' × ')
}

/** A number as a person would write it: at most six significant digits. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(6)))
}

/** 'a', 'a and b', 'a, b and c'. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
