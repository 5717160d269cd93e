import type { ColourMapName } from '../../../shared/colour-maps'
import { dataAddress } from '../../../shared/data-address'
import type { Dataset } from '../../../shared/dataset'
import { fetchArray } from '../../client/data'
import { MapLink } from '../../maps/map-link.svelte'
import { planePicture, type MapLayer } from '../../maps/map-picture'
import { seenPixels, type MapExtent, type PixelPosition } from '../../maps/map-view'
import { sentenceOf } from '../../state/notices.svelte'
import { bandAxisOf, bandPresets, type Bands } from './band-axis'
import { BandCache, type LoadedBand } from './band-cache'
import { bandPlanes } from './band-planes'
import { bandStatistics, compositePicture, type BandStatistics, type StretchedBand } from './composite'
import { keptPixel, largestSide, SceneDetail, stepOf, type WindowPlanes } from './scene-detail.svelte'

export type Stretch = 'percentile' | 'range'
export type SceneMode = 'composite' | 'single'

const pause = 90

/** How a cube is looked at: bands, stretch and window, and the picture they make. */
export class Scene {
  readonly dataset: Dataset
  readonly lines: number
  readonly samples: number
  readonly link: MapLink
  mode = $state<SceneMode>('composite')
  bands = $state.raw<Bands>([0, 0, 0])
  single = $state(0)
  colourMap = $state<ColourMapName>('viridis')
  stretch = $state<Stretch>('percentile')
  gamma = $state(1)
  loading = $state(false)
  problem = $state<string | null>(null)
  /** The bands on screen, which may lag behind the ones chosen while those are read. */
  shown = $state.raw<readonly LoadedBand[]>([])
  readonly wanted = $derived<readonly number[]>(this.mode === 'composite' ? this.bands : [this.single])
  /** The picture of the whole, and over it what is seen of it in more detail. */
  readonly layers = $derived.by<readonly MapLayer[]>(() => [...this.#whole, ...this.#closer])
  // Apart, so that the whole is not painted again for every new window.
  readonly #whole = $derived.by(() => this.#layer(this.#wholePlanes()))
  readonly #closer = $derived.by(() => this.#layer(this.#closerPlanes()))
  readonly #cache = new BandCache()
  readonly #detail: SceneDetail
  /** Every how many pixels the picture of the whole has one. */
  readonly #step: number

  constructor(dataset: Dataset) {
    this.dataset = dataset
    this.#detail = new SceneDetail(dataset.id)
    this.lines = dataset.array.shape[0] ?? 1
    this.samples = dataset.array.shape[1] ?? 1
    this.#step = stepOf(this.lines, this.samples)
    this.link = new MapLink(this.lines, this.samples)
    this.bands = bandPresets(dataset)[0]?.bands ?? [0, 0, 0]
    this.single = Math.floor(bandAxisOf(dataset).count / 2)
  }

  setBand(channel: 0 | 1 | 2, band: number): void {
    const next: Bands = [...this.bands]
    next[channel] = band
    this.bands = next
  }

  /** The values that become black and full colour under the present stretch. */
  limitsOf(statistics: BandStatistics): { low: number; high: number } {
    return this.stretch === 'percentile'
      ? { low: statistics.low, high: statistics.high }
      : { low: statistics.minimum, high: statistics.maximum }
  }

  /**
   * What the picture shows at a pixel: the pixel itself, or the one that stands for it where only every n-th is
   * drawn. Null while there is no picture.
   */
  valuesAt(pixel: PixelPosition): { shown: PixelPosition; values: { band: number; value: number }[] } | null {
    for (const planes of [this.#closerPlanes(), this.#wholePlanes()]) {
      const place = planes === null ? null : keptPixel(planes, pixel)
      if (planes === null || place === null) continue
      const values = planes.planes.map((plane, index) => ({
        band: planes.bands[index] ?? 0,
        value: plane.values[place.index] ?? Number.NaN,
      }))
      return { shown: place.kept, values }
    }
    return null
  }

  /** Reads what is seen in more detail, where the picture of the whole is thinned. Answers the way to give up. */
  loadDetail(extent: MapExtent): () => void {
    if (this.#step === 1 || extent.width === 0 || extent.height === 0) return () => undefined
    const { window } = this.link
    const bands = this.shown.map(({ band }) => band)
    return this.#detail.load(seenPixels(extent, window, 0.25), seenPixels(extent, window), bands, this.#step)
  }

  /** Reads the wanted bands; the newest wish wins. Answers the way to give up. */
  load(): () => void {
    const { wanted } = this
    const leaving = new AbortController()
    const missing = this.#cache.missing(wanted)
    if (missing.length === 0) {
      this.#show(wanted)
      return () => undefined
    }
    this.loading = true
    // A dragged slider passes many bands it does not mean.
    const timer = setTimeout(
      () => void this.#read(wanted, missing, leaving.signal),
      this.shown.length === 0 ? 0 : pause,
    )
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }

  async #read(wanted: readonly number[], missing: readonly number[], signal: AbortSignal): Promise<void> {
    try {
      const array = await fetchArray(dataAddress.bands(this.dataset.id, missing, largestSide), signal)
      bandPlanes(array).forEach((plane, index) => {
        const band = missing[index]
        if (band !== undefined) {
          this.#cache.add({ band, plane, statistics: bandStatistics(plane.values) }, this.wanted)
        }
      })
      this.#show(wanted)
    } catch (error) {
      if (signal.aborted) return
      this.problem = sentenceOf(error)
      this.loading = false
    }
  }

  #show(wanted: readonly number[]): void {
    this.shown = wanted.flatMap((band) => this.#cache.get(band) ?? [])
    this.problem = null
    this.loading = false
  }

  #wholePlanes(): WindowPlanes | null {
    if (this.shown.length === 0) return null
    return {
      window: { firstLine: 0, lastLine: this.lines - 1, firstSample: 0, lastSample: this.samples - 1 },
      step: this.#step,
      bands: this.shown.map(({ band }) => band),
      planes: this.shown.map(({ plane }) => plane),
    }
  }

  /** Null where there is none, or only of bands that were looked at before. */
  #closerPlanes(): WindowPlanes | null {
    const { shown } = this.#detail
    const same = shown?.bands.every((band, index) => band === this.shown[index]?.band) ?? false
    return same && shown?.bands.length === this.shown.length ? shown : null
  }

  /** Painted with the stretch of the whole: colours mean the same at every zoom. */
  #layer(planes: WindowPlanes | null): MapLayer[] {
    if (planes === null) return []
    const stretched = planes.planes.flatMap((plane, index) => {
      const statistics = this.shown[index]?.statistics
      return statistics === undefined ? [] : [{ plane, ...this.limitsOf(statistics) }]
    })
    const picture = this.#paint(stretched)
    if (picture === null) return []
    return [{ picture, line: planes.window.firstLine, sample: planes.window.firstSample, step: planes.step }]
  }

  #paint(stretched: readonly StretchedBand[]): HTMLCanvasElement | null {
    const [first] = stretched
    if (first === undefined) return null
    if (stretched.length === 3) return compositePicture(stretched, this.gamma)
    return planePicture(first.plane, { colourMap: this.colourMap, low: first.low, high: first.high })
  }
}
