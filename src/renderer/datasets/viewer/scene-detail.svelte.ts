import { dataAddress, type PixelWindow } from '../../../shared/data-address'
import { fetchArray } from '../../client/data'
import type { PixelPosition } from '../../maps/map-view'
import { bandPlanes, type BandPlane } from './band-planes'

/** No side of a picture that is asked for is longer, in pixels. */
export const largestSide = 1024

/** Every how many pixels one is taken of a window with these sides: the rule of `dataAddress.bands`. */
export function stepOf(lines: number, samples: number): number {
  return Math.max(1, Math.ceil(Math.max(lines, samples) / largestSide))
}

/** Bands of a window, taken every `step` pixels. */
export interface WindowPlanes {
  window: PixelWindow
  step: number
  bands: readonly number[]
  planes: readonly BandPlane[]
}

/** Where a pixel of the scene is in planes that may be thinned; null beside them. */
export function keptPixel(
  { window, step, planes }: Pick<WindowPlanes, 'window' | 'step' | 'planes'>,
  { line, sample }: PixelPosition,
): { index: number; kept: PixelPosition } | null {
  if (line < window.firstLine || line > window.lastLine) return null
  if (sample < window.firstSample || sample > window.lastSample) return null
  const row = Math.floor((line - window.firstLine) / step)
  const column = Math.floor((sample - window.firstSample) / step)
  const kept = { line: window.firstLine + row * step, sample: window.firstSample + column * step }
  return { index: row * (planes[0]?.samples ?? 0) + column, kept }
}

/** Whether one window lies in another. */
function covers(outer: PixelWindow, inner: PixelWindow): boolean {
  return (
    outer.firstLine <= inner.firstLine &&
    outer.lastLine >= inner.lastLine &&
    outer.firstSample <= inner.firstSample &&
    outer.lastSample >= inner.lastSample
  )
}

const pause = 160

/** The part of a large scene that is seen, in more detail than the picture of the whole has. */
export class SceneDetail {
  shown = $state.raw<WindowPlanes | null>(null)
  readonly #dataset: string

  constructor(dataset: string) {
    this.#dataset = dataset
  }

  /**
   * Reads the bands of what is seen, where that is finer than every `coarsest` pixels. Answers the way to give up.
   * @param seen with a margin, so that a small move needs no reading.
   */
  load(seen: PixelWindow, inner: PixelWindow, bands: readonly number[], coarsest: number): () => void {
    const step = stepOf(seen.lastLine - seen.firstLine + 1, seen.lastSample - seen.firstSample + 1)
    const { shown } = this
    const sameBands = shown !== null && shown.bands.join() === bands.join()
    if (step >= coarsest || bands.length === 0) {
      this.shown = null
      return () => undefined
    }
    if (sameBands && shown.step <= step && covers(shown.window, inner)) return () => undefined
    const leaving = new AbortController()
    const timer = setTimeout(() => void this.#read(seen, step, bands, leaving.signal), pause)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }

  async #read(
    window: PixelWindow,
    step: number,
    bands: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    const distinct = [...new Set(bands)]
    try {
      const array = await fetchArray(dataAddress.bands(this.#dataset, distinct, largestSide, window), signal)
      const read = bandPlanes(array)
      const planes = bands.flatMap((band) => read[distinct.indexOf(band)] ?? [])
      this.shown = { window, step, bands, planes }
    } catch {
      // The picture of the whole stays: it is coarser, and the readout says so.
      if (!signal.aborted) this.shown = null
    }
  }
}
