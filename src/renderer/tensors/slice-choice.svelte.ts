import { untrack } from 'svelte'
import type { Axis } from '../../shared/array'
import { firstSlice, slicePlace, type SliceRequest } from '../../shared/tensor-slice'

/** Which slice of a tensor is looked at: two modes for the picture, an entry for each of the others. */
export class SliceChoice {
  rows = $state(0)
  columns = $state(1)
  at = $state.raw<readonly number[]>([])
  readonly request = $derived<SliceRequest>({ rows: this.rows, columns: this.columns, at: this.at })
  /** Modes that are held still. */
  readonly held = $derived.by(() =>
    this.axes.flatMap((_, mode) => (mode === this.rows || mode === this.columns ? [] : [mode])),
  )
  readonly place = $derived.by(() => slicePlace(this.axes, this.request))

  /**
   * Starts with the two largest modes, with those a scene is looked at in, a cube with its lines and samples, or where
   * another choice stands.
   */
  constructor(
    readonly axes: readonly Axis[],
    first: Partial<SliceRequest> | null = null,
  ) {
    const { rows, columns, at } = firstSlice(axes.map(({ size }) => size))
    this.rows = untrack(() => first?.rows) ?? rows
    this.columns = untrack(() => first?.columns) ?? columns
    this.at = untrack(() => first?.at) ?? at
  }

  /** Puts a mode downwards or to the right; the one that was there takes its place if both would be the same. */
  choose(side: 'rows' | 'columns', mode: number): void {
    const other = side === 'rows' ? 'columns' : 'rows'
    if (this[other] === mode) this[other] = this[side]
    this[side] = mode
  }

  /** Moves a held mode to an entry, kept inside it. */
  moveTo(mode: number, entry: number): void {
    const last = (this.axes[mode]?.size ?? 1) - 1
    const place = Math.min(last, Math.max(0, Math.round(entry)))
    this.at = this.at.map((index, other) => (other === mode ? place : index))
  }
}
