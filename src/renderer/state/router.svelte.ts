/** A place in the app: `#/datasets/samson?tab=truth` is `{ path: ['datasets', 'samson'], query: tab=truth }`. */
export interface Place {
  path: readonly string[]
  query: URLSearchParams
}

/** Reads a location hash; anything unknown is the first page. */
export function parsePlace(hash: string): Place {
  const text = hash.replace(/^#\/?/, '')
  const mark = text.indexOf('?')
  const path = mark < 0 ? text : text.slice(0, mark)
  return {
    path: path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeSegment),
    query: new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1)),
  }
}

/** A link to a place: `href('datasets', id)`. */
export function href(...path: readonly string[]): string {
  return `#/${path.map(encodeURIComponent).join('/')}`
}

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
    location.hash = `${href(...path)}?${new URLSearchParams(query).toString()}`
  }

  /** Changes the query without a new entry in the history. */
  setQuery(changes: Readonly<Record<string, string | null>>): void {
    const query = new URLSearchParams(this.place.query)
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) query.delete(key)
      else query.set(key, value)
    }
    const text = query.toString()
    history.replaceState(history.state, '', href(...this.place.path) + (text === '' ? '' : `?${text}`))
    this.place = { path: this.place.path, query }
  }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
