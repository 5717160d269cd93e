import { dataAddress } from '../../shared/data-address'
import type { Dataset } from '../../shared/dataset'
import type { Artifact, RunRecord } from '../../shared/run'
import { fetchArray, type DataArray } from '../client/data'
import { MapLink } from '../maps/map-link.svelte'
import type { MapMark } from '../maps/map-picture'

/** What the views of one run share: its record, its scene, the window on its maps, arrays fetched once. */
export class RunContext {
  /** Pixels the run points out, drawn on every map of its scene. */
  marks = $state.raw<readonly MapMark[]>([])
  readonly #arrays = new Map<string, Promise<DataArray>>()
  readonly #links = new Map<string, MapLink>()

  constructor(
    readonly record: RunRecord,
    readonly dataset: Dataset | null,
    /** Shared by the runs of a comparison, so that their maps move together. */
    private readonly sharedLinks: Map<string, MapLink> | null = null,
  ) {}

  /** A whole artifact as numbers; asked for once, whoever needs it. */
  array(artifact: Artifact): Promise<DataArray> {
    return this.#once(dataAddress.artifact(this.record.id, artifact.name))
  }

  /** The truth of the scene; null where there is none. */
  truth(part: 'endmembers' | 'abundances'): Promise<DataArray> | null {
    const dataset = this.dataset
    if (dataset?.truth?.[part] == null) return null
    return this.#once(dataAddress.truth(dataset.id, part))
  }

  /** The window that all maps of one size share. */
  link(lines: number, samples: number): MapLink {
    const links = this.sharedLinks ?? this.#links
    const key = `${lines}×${samples}`
    let link = links.get(key)
    if (link === undefined) {
      link = new MapLink(lines, samples)
      links.set(key, link)
    }
    return link
  }

  #once(address: string): Promise<DataArray> {
    let array = this.#arrays.get(address)
    if (array === undefined) {
      array = fetchArray(address)
      // A failed fetch may be tried again.
      array.catch(() => this.#arrays.delete(address))
      this.#arrays.set(address, array)
    }
    return array
  }
}
