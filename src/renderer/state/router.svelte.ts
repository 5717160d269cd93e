import { hashOf, href, parsePlace, withQuery, type Place } from './place'

export { href } from './place'

/** Hash-based, so that both shells serve one file and reload where they were. */
export class Router {
  place = $state.raw<Place>(parsePlace(''))
  readonly area = $derived(this.place.path[0] ?? 'project')

  constructor() {
    this.place = parsePlace(location.hash)
    addEventListener('hashchange', () => {
      this.place = parsePlace(location.hash)
    })
  }

  go(...path: readonly string[]): void {
    location.hash = href(...path)
  }

  /** Goes to an area with a query: a dialog to open, a dataset to start from. */
  goWith(path: readonly string[], query: Readonly<Record<string, string>>): void {
    location.hash = hashOf(withQuery(parsePlace(href(...path)), query))
  }

  /** Changes the query without a new entry in the history. */
  setQuery(changes: Readonly<Record<string, string | null>>): void {
    this.place = withQuery(this.place, changes)
    history.replaceState(history.state, '', hashOf(this.place))
  }
}
