import { dataAddress } from '../../shared/data-address'
import type { Dataset } from '../../shared/dataset'
import type { Artifact, RunRecord } from '../../shared/run'
import { ArrayCache } from '../client/array-cache'
import type { DataArray } from '../client/data'
import { MapLinks } from '../maps/map-links'
import type { MapMark } from '../maps/map-picture'

/** What the views of one run share: its record, its scene, the window on its maps, arrays fetched once. */
export class RunContext {
  /** Pixels the run points out, drawn on every map of its scene. */
  marks = $state.raw<readonly MapMark[]>([])
  readonly #arrays = new ArrayCache()

  constructor(
    readonly record: RunRecord,
    readonly dataset: Dataset | null,
    /** Shared by the runs of a comparison, so that their maps move together. */
    readonly links = new MapLinks(),
  ) {}

  /** A whole artifact as numbers. */
  array(artifact: Artifact): Promise<DataArray> {
    return this.#arrays.get(dataAddress.artifact(this.record.id, artifact.name))
  }

  /** The truth of the scene; null where there is none. */
  truth(part: 'endmembers' | 'abundances'): Promise<DataArray> | null {
    const { dataset } = this
    const known = dataset?.truth?.[part] ?? null
    return dataset === null || known === null ? null : this.#arrays.get(dataAddress.truth(dataset.id, part))
  }
}
