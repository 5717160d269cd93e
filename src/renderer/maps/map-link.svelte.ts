import { stepPixel, wholeMap, type MapWindow, type PixelPosition } from './map-view'

/** What maps of the same scene share: the part that is seen and the pixel that is pointed at. */
export class MapLink {
  readonly lines: number
  readonly samples: number
  window = $state.raw<MapWindow>({ line: 0, sample: 0, zoom: 1 })
  cursor = $state.raw<PixelPosition | null>(null)
  /** A pixel a person chose to keep pointed at, so that the pointer is free to go elsewhere. */
  held = $state.raw<PixelPosition | null>(null)
  readonly zoomed = $derived(this.window.zoom > 1.001)

  constructor(lines: number, samples: number) {
    this.lines = lines
    this.samples = samples
    this.showAll()
  }

  /** Keeps a pixel pointed at; the same one again is let go. */
  hold(pixel: PixelPosition): void {
    const same = this.held?.line === pixel.line && this.held.sample === pixel.sample
    this.held = same ? null : pixel
    this.cursor = pixel
  }

  /** The pointer went away: what is held stays pointed at. */
  leave(): void {
    this.cursor = this.held
  }

  /** Answers a key of a map: arrows move the cursor, Enter holds it, plus and minus zoom, 0 shows all. False where it is none. */
  answerKey(event: KeyboardEvent, zoom: (factor: number) => void): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    const step = stepPixel(this.cursor, event.key, event.shiftKey ? 10 : 1, this.lines, this.samples)
    if (step !== null) this.cursor = step
    else if (event.key === '+' || event.key === '=') zoom(2)
    else if (event.key === '-') zoom(0.5)
    else if (event.key === '0') this.showAll()
    else if (event.key === 'Enter' && this.cursor !== null) this.hold(this.cursor)
    else if (event.key === 'Escape' && this.cursor !== null) this.held = this.cursor = null
    else return false
    return true
  }

  /** Shows the whole scene again. */
  showAll(): void {
    this.window = wholeMap(this.lines, this.samples)
  }
}
