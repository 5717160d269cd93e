export type ThemeChoice = 'system' | 'light' | 'dark'

const key = 'filigree.theme'

/** Follows the system unless the person chose otherwise; the choice is kept in this browser. */
export class Theme {
  choice = $state<ThemeChoice>('system')
  #systemDark = $state(false)
  /** What is on screen now; charts and canvases read their colours anew when it changes. */
  readonly resolved = $derived<'light' | 'dark'>(
    this.choice === 'system' ? (this.#systemDark ? 'dark' : 'light') : this.choice,
  )

  constructor() {
    const system = matchMedia('(prefers-color-scheme: dark)')
    this.#systemDark = system.matches
    system.addEventListener('change', (event) => {
      this.#systemDark = event.matches
    })
    const kept = localStorage.getItem(key)
    if (kept === 'light' || kept === 'dark') this.choose(kept)
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice
    if (choice === 'system') {
      delete document.documentElement.dataset['theme']
      localStorage.removeItem(key)
    } else {
      document.documentElement.dataset['theme'] = choice
      localStorage.setItem(key, choice)
    }
  }
}
