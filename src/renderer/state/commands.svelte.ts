import { untrack } from 'svelte'
import { matchesShortcut } from './shortcut'

/** Something a person can do, from the palette, a menu or a shortcut. */
export interface Command {
  id: string
  title: string
  /** Heading in the palette. */
  group: string
  /** 'Mod+K', 'Mod+Shift+N', '?'; Mod is Cmd on a Mac and Ctrl elsewhere. */
  shortcut?: string
  /** False greys it out everywhere. Read when it is shown, so it may look at stores. */
  enabled?: () => boolean
  run: () => void
}

/** One list of commands feeds menu, palette and shortcuts. */
export class CommandRegistry {
  list = $state.raw<readonly Command[]>([])

  /** Adds commands while something is on screen; returns the way to take them back (fits `$effect`). */
  register(...commands: readonly Command[]): () => void {
    const ids = commands.map((command) => command.id)
    // The list is read to be changed: an effect that registers must not run again because of it.
    const before = untrack(() => this.list)
    this.list = [...before.filter((command) => !ids.includes(command.id)), ...commands]
    return () => {
      this.list = untrack(() => this.list).filter((command) => !commands.includes(command))
    }
  }

  isEnabled(command: Command): boolean {
    return command.enabled?.() ?? true
  }

  run(id: string): void {
    const command = this.list.find((entry) => entry.id === id)
    if (command !== undefined && this.isEnabled(command)) command.run()
  }

  /** Runs the command of a key press; true when there was one. Letters alone are left to text fields. */
  handleKey(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.isComposing) return false
    const typing = isTextField(event.target)
    for (const command of this.list) {
      if (command.shortcut === undefined || !matchesShortcut(command.shortcut, event)) continue
      if (typing && !event.ctrlKey && !event.metaKey) continue
      if (!this.isEnabled(command)) continue
      event.preventDefault()
      command.run()
      return true
    }
    return false
  }
}

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input, textarea, select')
}
