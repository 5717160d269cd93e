import fc from 'fast-check'
import { expect, it } from 'vitest'
import { escapeMarkup } from './escape'

it('leaves nothing that could end a text or an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeMarkup(text)
      expect(escaped).not.toMatch(/[<>"']/)
      expect(escaped).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/)
      // eslint-disable-next-line no-control-regex -- control characters are what must not be left
      expect(escaped).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/)
    }),
  )
})

it('keeps letters of every script', () => {
  expect(escapeMarkup('λ·∞ 水 \u{1f331} ‖Y−MA‖²\n')).toBe('λ·∞ 水 \u{1f331} ‖Y−MA‖²\n')
})
