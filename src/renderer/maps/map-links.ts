import { MapLink } from './map-link.svelte'

/** The windows of maps on one page: all maps of one size share theirs. */
export class MapLinks {
  readonly #links = new Map<string, MapLink>()

  of(lines: number, samples: number): MapLink {
    const key = `${lines}×${samples}`
    let link = this.#links.get(key)
    if (link === undefined) {
      link = new MapLink(lines, samples)
      this.#links.set(key, link)
    }
    return link
  }
}
