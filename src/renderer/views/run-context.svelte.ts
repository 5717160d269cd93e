import { dataAddress } from '../../shared/data-address'
import type { Dataset } from '../../shared/dataset'
import type { Artifact, RunRecord } from '../../shared/run'
import { ArrayCache } from '../client/array-cache'
import type { DataArray } from '../client/data'
import { MapLinks } from '../maps/map-links'
import type { MapMark } from '../maps/map-picture'
import type { PickEditor } from '../maps/pick-editor.svelte'
import { Pointer } from './pointer.svelte'

/** What the views of one run share: its record, its scene, what is pointed at, arrays fetched once. */
export class RunContext {
  /** Pixels the run picked, which a person may move about; null while they are not read, or where there are none. */
  picks = $state.raw<PickEditor | null>(null)
  readonly pointer: Pointer
  readonly #arrays = new ArrayCache()

  constructor(
    readonly record: RunRecord,
    readonly dataset: Dataset | null,
    /** Shared by the runs of a comparison, so that their maps move together. */
    readonly links = new MapLinks(),
  ) {
    const size = sceneSize(record, dataset)
    this.pointer = new Pointer(size === null ? null : links.of(...size))
  }

  /** Pixels the run points out, drawn on every map of its scene. */
  get marks(): readonly MapMark[] {
    return this.picks?.marks ?? []
  }

  /** A whole artifact as numbers. */
  array(artifact: Artifact): Promise<DataArray> {
    return this.#arrays.get(dataAddress.artifact(this.record.id, artifact.name))
  }

  /** One entry of the first axis of an artifact. */
  entry(artifact: Artifact, index: number): Promise<DataArray> {
    return this.#arrays.get(dataAddress.artifact(this.record.id, artifact.name, index))
  }

  /** The truth of the scene; null where there is none. */
  truth(part: 'endmembers' | 'abundances'): Promise<DataArray> | null {
    const { dataset } = this
    const known = dataset?.truth?.[part] ?? null
    return dataset === null || known === null ? null : this.#arrays.get(dataAddress.truth(dataset.id, part))
  }

  /** The first artifact of a meaning; null where the run has none. */
  find(meaning: Artifact['meaning']): Artifact | null {
    return this.record.artifacts.find((artifact) => artifact.meaning === meaning) ?? null
  }

  /** The standard deviation of an artifact, where the run has one of the same shape. */
  deviationOf(artifact: Artifact): Artifact | null {
    const same = (other: Artifact) =>
      other.deviationOf === artifact.name && other.shape.join() === artifact.shape.join()
    return this.record.artifacts.find(same) ?? null
  }
}

/** Lines and samples of the scene of a run: of its cube, else of its first maps. */
function sceneSize(record: RunRecord, dataset: Dataset | null): [number, number] | null {
  const maps = record.artifacts.find(({ meaning }) => meaning === 'maps' || meaning === 'map')
  const [lines, samples] = dataset?.kind === 'cube' ? dataset.array.shape : (maps?.shape.slice(-2) ?? [])
  return lines === undefined || samples === undefined ? null : [lines, samples]
}
