type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

/** Whether this machine's command key is Cmd. */
export const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.userAgent)

/** Whether a key press is the shortcut ('Mod+Shift+N'). Single signs ('?') ignore Shift: it made the sign. */
export function matchesShortcut(shortcut: string, event: KeyPress, mac = isMac): boolean {
  const parts = shortcut.split('+')
  const key = parts.pop() ?? ''
  const wanted = new Set(parts)
  const mod = mac ? event.metaKey : event.ctrlKey
  const otherMod = mac ? event.ctrlKey : event.metaKey
  if (mod !== wanted.has('Mod') || otherMod || event.altKey !== wanted.has('Alt')) return false
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase()
  if (!isSign && event.shiftKey !== wanted.has('Shift')) return false
  return event.key.toLowerCase() === key.toLowerCase()
}

/** The shortcut as this machine's keyboard calls it. */
export function formatShortcut(shortcut: string, mac = isMac): string {
  if (!mac) return shortcut.replace('Mod', 'Ctrl')
  return shortcut.replace('Mod+', '⌘').replace('Shift+', '⇧').replace('Alt+', '⌥')
}
