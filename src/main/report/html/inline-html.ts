import type { Inline } from '../document'
import { escapeMarkup } from '../escape'

const tags = { strong: 'strong', code: 'code', emphasis: 'em' } as const

/** Running text as HTML. */
export function writeInline(text: readonly Inline[]): string {
  return text
    .map((part) => {
      if (typeof part === 'string') return escapeMarkup(part)
      const tag = tags[part.style]
      return `<${tag}>${escapeMarkup(part.text)}</${tag}>`
    })
    .join('')
}

/** Running text without its styles, for attributes. */
export function plainText(text: readonly Inline[]): string {
  return text.map((part) => (typeof part === 'string' ? part : part.text)).join('')
}
