import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { screen, type BrowserWindow, type Rectangle } from 'electron'
import { z } from 'zod'

const windowStateSchema = z.object({
  bounds: z.object({
    x: z.number().int(),
    y: z.number().int(),
    width: z.number().int().min(200),
    height: z.number().int().min(200),
  }),
  maximized: z.boolean(),
})
type WindowState = z.infer<typeof windowStateSchema>

export const smallestWindow = { width: 900, height: 640 } as const
const firstWindow = { width: 1440, height: 900 } as const

/** Remembers where the window was; a place that is no longer on a screen is forgotten. */
export class WindowStateFile {
  readonly #path: string

  constructor(settingsFolder: string) {
    this.#path = join(settingsFolder, 'window.json')
  }

  read(): { bounds: Partial<Rectangle> & { width: number; height: number }; maximized: boolean } {
    const state = this.#parsed()
    return state !== null && isOnScreen(state.bounds) ? state : { bounds: firstWindow, maximized: false }
  }

  /** Saves the place whenever the window is about to close. */
  keep(window: BrowserWindow): void {
    window.on('close', () => {
      const state: WindowState = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
      try {
        mkdirSync(dirname(this.#path), { recursive: true })
        writeFileSync(`${this.#path}.new`, JSON.stringify(state))
        renameSync(`${this.#path}.new`, this.#path)
      } catch {
        // A settings folder that can not be written only costs the window its place.
      }
    })
  }

  #parsed(): WindowState | null {
    try {
      return windowStateSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')))
    } catch {
      return null
    }
  }
}

function isOnScreen(bounds: Rectangle): boolean {
  const area = screen.getDisplayMatching(bounds).workArea
  return (
    bounds.x < area.x + area.width - 100 &&
    bounds.x + bounds.width > area.x + 100 &&
    bounds.y >= area.y - 20 &&
    bounds.y < area.y + area.height - 100
  )
}
