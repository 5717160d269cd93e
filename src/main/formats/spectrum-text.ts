/** A spectrum, or the wavelengths of an instrument, as plain text: a line that names it, then one value a line. */
export interface SpectrumText {
  /** The naming line, without what the library puts before it. */
  title: string
  values: number[]
}

/** 'splib07a Record=123: ' before the name proper. */
const recordWords = /^\s*splib\w*\s+record\s*=\s*\d+\s*:\s*/i

/**
 * Reads the ASCII form of the USGS spectral libraries. Null for text of another kind: a first line that is a number, a
 * line with more than one value, or fewer than two values.
 */
export function parseSpectrumText(text: string): SpectrumText | null {
  const [head = '', ...lines] = text.trimEnd().split(/\r\n|\n|\r/)
  const title = head.replace(recordWords, '').replaceAll(/\s+/g, ' ').trim()
  const values = lines.map((line) => (line.trim() === '' ? Number.NaN : Number(line)))
  const named = title !== '' && !Number.isFinite(Number(title))
  return named && values.length > 1 && values.every(Number.isFinite) ? { title, values } : null
}
