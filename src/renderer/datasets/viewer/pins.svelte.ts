import { z } from 'zod'
import { dataAddress } from '../../../shared/data-address'
import type { Dataset } from '../../../shared/dataset'
import { fetchArray, type DataValues } from '../../client/data'
import { seriesColourCount } from '../../design/token-colour'
import type { PixelPosition } from '../../maps/map-view'
import { sentenceOf } from '../../state/notices.svelte'

/** A pixel that was pinned, and its spectrum once it came. */
export interface Pin extends PixelPosition {
  id: number
  name: string
  /** Place in the palette of series. */
  colour: number
  spectrum: DataValues | null
  problem: string | null
}

const keptSchema = z.array(
  z.object({ line: z.number(), sample: z.number(), name: z.string(), colour: z.number() }),
)

/** What a pin is called until a person names it. */
export function defaultPinName({ line, sample }: PixelPosition): string {
  return `Pixel ${line}, ${sample}`
}

/** The pinned pixels of one dataset. They last as long as the window, so that one can go away and come back. */
export class PinStore {
  list = $state.raw<readonly Pin[]>([])
  readonly #dataset: Dataset
  readonly #key: string
  #nextId = 1

  constructor(dataset: Dataset, project: string) {
    this.#dataset = dataset
    this.#key = `filigree.pins.${project}.${dataset.id}`
    for (const kept of this.#read()) this.#add(kept, kept.name, kept.colour)
  }

  /** Pins a pixel, or takes the pin away where there is one already. */
  toggle(pixel: PixelPosition): void {
    const present = this.list.find((pin) => pin.line === pixel.line && pin.sample === pixel.sample)
    if (present !== undefined) this.remove(present.id)
    else this.#add(pixel, defaultPinName(pixel), this.#freeColour())
    this.#write()
  }

  remove(id: number): void {
    this.list = this.list.filter((pin) => pin.id !== id)
    this.#write()
  }

  rename(id: number, name: string): void {
    if (name.trim() !== '') this.#change(id, { name: name.trim() })
    this.#write()
  }

  clear(): void {
    this.list = []
    this.#write()
  }

  #add(pixel: PixelPosition, name: string, colour: number): void {
    const id = this.#nextId
    this.#nextId += 1
    const { line, sample } = pixel
    this.list = [...this.list, { id, line, sample, name, colour, spectrum: null, problem: null }]
    fetchArray(dataAddress.spectrum(this.#dataset.id, line, sample)).then(
      (array) => this.#change(id, { spectrum: array.values }),
      (error: unknown) => this.#change(id, { problem: sentenceOf(error) }),
    )
  }

  #change(id: number, changes: Partial<Pin>): void {
    this.list = this.list.map((pin) => (pin.id === id ? { ...pin, ...changes } : pin))
  }

  /** The first colour no pin has; colours repeat when all are taken. */
  #freeColour(): number {
    const taken = this.list.map((pin) => pin.colour)
    for (let colour = 0; colour < seriesColourCount; colour += 1) if (!taken.includes(colour)) return colour
    return this.list.length % seriesColourCount
  }

  #read(): z.infer<typeof keptSchema> {
    try {
      const [lines, samples] = this.#dataset.array.shape
      return keptSchema
        .parse(JSON.parse(sessionStorage.getItem(this.#key) ?? '[]'))
        .filter((pin) => pin.line < (lines ?? 0) && pin.sample < (samples ?? 0))
    } catch {
      // Written by another version: pins are quickly set again.
      return []
    }
  }

  #write(): void {
    const kept = this.list.map(({ line, sample, name, colour }) => ({ line, sample, name, colour }))
    sessionStorage.setItem(this.#key, JSON.stringify(kept))
  }
}
