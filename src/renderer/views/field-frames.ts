import type { Axis } from '../../shared/array'
import type { SliceRequest } from '../../shared/tensor-slice'

/** The slice a field opens with: its last two axes; time at its beginning, all else in the middle. */
export function firstField(axes: readonly Axis[]): SliceRequest {
  const last = axes.length - 1
  return {
    rows: Math.max(0, last - 1),
    columns: last,
    at: axes.map(({ name, size, labels }) =>
      name === 'time' || labels !== null ? 0 : Math.floor((size - 1) / 2),
    ),
  }
}

/** The axis that is played: time, or the first that is held; null where nothing moves. */
export function playedAxis(axes: readonly Axis[], held: readonly number[]): number | null {
  const moving = held.filter((axis) => (axes[axis]?.size ?? 1) > 1)
  return moving.find((axis) => axes[axis]?.name === 'time') ?? moving[0] ?? null
}

/** The entry after the present one, from the last to the first. */
export function nextFrame(axes: readonly Axis[], at: readonly number[], axis: number): number {
  const size = axes[axis]?.size ?? 1
  return ((at[axis] ?? 0) + 1) % size
}
