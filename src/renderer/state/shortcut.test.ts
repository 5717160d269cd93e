import { describe, expect, it } from 'vitest'
import { formatShortcut, matchesShortcut } from './shortcut'

const press = (
  key: string,
  modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', true>> = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...modifiers,
})

describe('matchesShortcut', () => {
  it('takes Mod as Ctrl, and as Cmd on a Mac', () => {
    expect(matchesShortcut('Mod+K', press('k', { ctrlKey: true }), false)).toBe(true)
    expect(matchesShortcut('Mod+K', press('k', { metaKey: true }), true)).toBe(true)
    expect(matchesShortcut('Mod+K', press('k', { metaKey: true }), false)).toBe(false)
    expect(matchesShortcut('Mod+K', press('k', { ctrlKey: true }), true)).toBe(false)
  })

  it('wants exactly the modifiers that are named', () => {
    expect(matchesShortcut('Mod+K', press('K', { ctrlKey: true, shiftKey: true }), false)).toBe(false)
    expect(matchesShortcut('Mod+Shift+K', press('K', { ctrlKey: true, shiftKey: true }), false)).toBe(true)
    expect(matchesShortcut('Alt+1', press('1', { altKey: true }), false)).toBe(true)
    expect(matchesShortcut('Alt+1', press('1'), false)).toBe(false)
  })

  it('ignores Shift for signs, which need it on some keyboards', () => {
    expect(matchesShortcut('?', press('?', { shiftKey: true }), false)).toBe(true)
    expect(matchesShortcut('?', press('?'), false)).toBe(true)
  })
})

describe('formatShortcut', () => {
  it('calls keys as the machine does', () => {
    expect(formatShortcut('Mod+Shift+N', false)).toBe('Ctrl+Shift+N')
    expect(formatShortcut('Mod+Shift+N', true)).toBe('⌘⇧N')
  })
})
