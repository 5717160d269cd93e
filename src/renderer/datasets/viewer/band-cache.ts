import type { BandPlane } from './band-planes'
import type { BandStatistics } from './composite'

/** A band that was read, with what its stretch needs. */
export interface LoadedBand {
  band: number
  plane: BandPlane
  statistics: BandStatistics
}

// At four megabytes a band: what is kept for going back and forth.
const keptBands = 12

/** The bands read lately. The oldest go first, except those that are wanted now. */
export class BandCache {
  readonly #kept = new Map<number, LoadedBand>()

  get(band: number): LoadedBand | undefined {
    return this.#kept.get(band)
  }

  /** The wanted bands that have to be read, each once. */
  missing(wanted: readonly number[]): number[] {
    return [...new Set(wanted)].filter((band) => !this.#kept.has(band))
  }

  add(loaded: LoadedBand, wanted: readonly number[]): void {
    this.#kept.set(loaded.band, loaded)
    for (const band of this.#kept.keys()) {
      if (this.#kept.size <= keptBands) break
      if (!wanted.includes(band)) this.#kept.delete(band)
    }
  }
}
