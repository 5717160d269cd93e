import type { ColourMapName } from '../../../shared/colour-maps'
import { dataAddress } from '../../../shared/data-address'
import type { Dataset } from '../../../shared/dataset'
import { fetchArray } from '../../client/data'
import { MapLink } from '../../maps/map-link.svelte'
import { planePicture } from '../../maps/map-picture'
import type { PixelPosition } from '../../maps/map-view'
import { sentenceOf } from '../../state/notices.svelte'
import { bandAxisOf, bandPresets, type Bands } from './band-axis'
import { BandCache, type LoadedBand } from './band-cache'
import { bandPlanes } from './band-planes'
import { bandStatistics, compositePicture, type BandStatistics } from './composite'

export type Stretch = 'percentile' | 'range'
export type SceneMode = 'composite' | 'single'

const largestSide = 1024
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
  readonly picture = $derived(this.#paint())
  readonly #cache = new BandCache()

  constructor(dataset: Dataset) {
    this.dataset = dataset
    this.lines = dataset.array.shape[0] ?? 1
    this.samples = dataset.array.shape[1] ?? 1
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

  /** What the shown bands hold at a pixel of the cube. A thinned picture gives the nearest pixel it kept. */
  valuesAt(pixel: PixelPosition): { band: number; value: number }[] {
    return this.shown.map(({ band, plane }) => {
      const line = Math.floor((pixel.line * plane.lines) / this.lines)
      const sample = Math.floor((pixel.sample * plane.samples) / this.samples)
      return { band, value: plane.values[line * plane.samples + sample] ?? Number.NaN }
    })
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

  #paint(): HTMLCanvasElement | null {
    const stretched = this.shown.map(({ plane, statistics }) => ({ plane, ...this.limitsOf(statistics) }))
    const [first] = stretched
    if (first === undefined) return null
    if (stretched.length === 3) return compositePicture(stretched, this.gamma)
    return planePicture(first.plane, { colourMap: this.colourMap, low: first.low, high: first.high })
  }
}
