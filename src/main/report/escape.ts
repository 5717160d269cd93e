/**
 * Text without what no markup may hold and no reader sees: control characters, halves of characters, and
 * what turns the direction of the text that follows (a name could make its surroundings read differently).
 */
export function visibleText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\u007e\u00a0-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}

/** Text as it may stand between tags or in a double-quoted attribute, in XML and HTML alike. */
export function escapeMarkup(text: string): string {
  return visibleText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
