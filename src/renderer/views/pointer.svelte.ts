import type { MapLink } from '../maps/map-link.svelte'
import type { PixelPosition } from '../maps/map-view'
import { NextFrame } from '../maps/next-frame'

/**
 * What is pointed at in any view of a run, so that all the others mark it: a pixel of the scene, which the maps of
 * its size share, and a component (an endmember with its map, its spectrum and its corner).
 */
export class Pointer {
  /** Place of the component that is pointed at. */
  component = $state<number | null>(null)
  readonly #frame = new NextFrame()

  constructor(
    /** Maps of the whole scene; null where the run has none. */
    readonly scene: MapLink | null,
  ) {}

  get pixel(): PixelPosition | null {
    return this.scene?.cursor ?? null
  }

  /** Points at a pixel with the next picture of the screen; null lets go at once, and what is held stays. */
  pointAt(pixel: PixelPosition | null): void {
    const { scene } = this
    if (scene === null) return
    if (pixel !== null) {
      this.#frame.do(() => (scene.cursor = pixel))
      return
    }
    this.#frame.forget()
    scene.leave()
  }
}

/** The ids of what shows a component, for charts and maps that name theirs `<kind>-<component>`. */
export function idsOf(component: number | null, ...kinds: readonly string[]): ReadonlySet<string> | null {
  return component === null ? null : new Set(kinds.map((kind) => `${kind}-${component}`))
}

/** The component behind an id of that form; null for any other. */
export function componentOf(id: string | null, kind: string): number | null {
  const text = id?.startsWith(`${kind}-`) === true ? id.slice(kind.length + 1) : ''
  return /^\d+$/.test(text) ? Number(text) : null
}
