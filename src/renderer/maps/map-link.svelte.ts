import { wholeMap, type MapWindow, type PixelPosition } from './map-view'

/** What maps of the same scene share: the part that is seen and the pixel that is pointed at. */
export class MapLink {
  readonly lines: number
  readonly samples: number
  window = $state.raw<MapWindow>({ line: 0, sample: 0, zoom: 1 })
  cursor = $state.raw<PixelPosition | null>(null)
  readonly zoomed = $derived(this.window.zoom > 1.001)

  constructor(lines: number, samples: number) {
    this.lines = lines
    this.samples = samples
    this.showAll()
  }

  /** Shows the whole scene again. */
  showAll(): void {
    this.window = wholeMap(this.lines, this.samples)
  }
}
