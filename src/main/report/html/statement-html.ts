import type { Statement } from '../document'
import { escapeMarkup } from '../escape'
import { writeInline } from './inline-html'

/** Something the reader must not miss, set apart; its tone is in its words, the colour only repeats it. */
export function writeStatement(statement: Statement): string {
  const [only, ...more] = statement.text
  const text =
    more.length === 0
      ? `<p>${writeInline(only ?? [])}</p>`
      : `<ul>${statement.text.map((item) => `<li>${writeInline(item)}</li>`).join('\n')}</ul>`
  return `<aside class="statement ${statement.tone}" aria-label="${escapeMarkup(statement.title)}"><strong>${escapeMarkup(statement.title)}</strong>${text}</aside>`
}
