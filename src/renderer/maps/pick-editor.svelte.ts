import type { MapMark } from './map-picture'
import { stepPixel, type PixelPosition } from './map-view'

/** Picked pixels while a person moves them about; the run they came from stays as it is. */
export class PickEditor {
  editing = $state(false)
  pixels = $state.raw<readonly PixelPosition[]>([])
  /** Place of the pick that a click or an arrow key moves. */
  chosen = $state(0)
  readonly changed = $derived(
    this.pixels.some((pixel, index) => {
      const first = this.picked[index]
      return pixel.line !== first?.line || pixel.sample !== first.sample
    }),
  )
  readonly marks = $derived<readonly MapMark[]>(
    this.pixels.map((pixel, index) => ({
      ...pixel,
      label: String(index + 1),
      strong: this.editing && index === this.chosen,
    })),
  )

  constructor(
    /** The pixels as the run picked them. */
    readonly picked: readonly PixelPosition[],
    readonly lines: number,
    readonly samples: number,
  ) {
    this.pixels = picked
  }

  /** Puts a pick on another pixel. */
  move(index: number, pixel: PixelPosition): void {
    this.chosen = index
    this.pixels = this.pixels.with(index, pixel)
  }

  /** Puts all picks back where the run had them. */
  reset(): void {
    this.pixels = this.picked
  }

  /** Answers a key of a map while picks are moved: arrows move the chosen one, digits choose. False where it is none. */
  answerKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    const digit = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1
    if (digit >= 0 && digit < this.pixels.length) {
      this.chosen = digit
      return true
    }
    const from = this.pixels[this.chosen] ?? null
    const pixel = stepPixel(from, event.key, event.shiftKey ? 10 : 1, this.lines, this.samples)
    if (pixel === null || from === null) return false
    this.move(this.chosen, pixel)
    return true
  }

  /** Place of the pick nearest to a pixel, where one is within `reach` pixels; else -1. */
  at(pixel: PixelPosition, reach: number): number {
    let best = -1
    let distance = reach
    this.pixels.forEach((pick, index) => {
      const away = Math.hypot(pick.line - pixel.line, pick.sample - pixel.sample)
      if (away > distance) return
      best = index
      distance = away
    })
    return best
  }
}
